using SqliteBackup.Stores.Tests.Servers;

namespace SqliteBackup.Stores.Tests;

public sealed class FolderBehaviour(ServerFixture<FolderServer> fixture) : StoreBehaviour<FolderServer>(fixture);

public sealed class SftpBehaviour(ServerFixture<SshStoreServer> fixture) : StoreBehaviour<SshStoreServer>(fixture);

public sealed class S3RverBehaviour(ServerFixture<S3RverServer> fixture) : StoreBehaviour<S3RverServer>(fixture);

public sealed class RadosBehaviour(ServerFixture<RadosStoreServer> fixture) : StoreBehaviour<RadosStoreServer>(fixture);

public sealed class AzureBehaviour(ServerFixture<AzuriteServer> fixture) : StoreBehaviour<AzuriteServer>(fixture);

public sealed class RcloneBehaviour(ServerFixture<RcloneServer> fixture) : StoreBehaviour<RcloneServer>(fixture);
