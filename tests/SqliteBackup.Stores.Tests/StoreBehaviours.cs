using SqliteBackup.Stores.Tests.Servers;

namespace SqliteBackup.Stores.Tests;

public sealed class FolderBehaviour(ServerFixture<FolderServer> fixture) : StoreBehaviour<FolderServer>(fixture);

public sealed class SftpBehaviour(ServerFixture<SshServer> fixture) : StoreBehaviour<SshServer>(fixture);

public sealed class S3RverBehaviour(ServerFixture<S3RverServer> fixture) : StoreBehaviour<S3RverServer>(fixture);

public sealed class RadosBehaviour(ServerFixture<RadosGateway> fixture) : StoreBehaviour<RadosGateway>(fixture);

public sealed class AzureBehaviour(ServerFixture<AzuriteServer> fixture) : StoreBehaviour<AzuriteServer>(fixture);

public sealed class RcloneBehaviour(ServerFixture<RcloneServer> fixture) : StoreBehaviour<RcloneServer>(fixture);
