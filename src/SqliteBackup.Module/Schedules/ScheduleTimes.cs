using System.Globalization;

namespace SqliteBackup.Schedules;

/// <summary>How far apart the runs of a schedule are.</summary>
internal enum ScheduleUnit
{
    Minutes,
    Hours,
    Day,
    Week,
}

/// <summary>
/// When a schedule runs: at a time of the day, every day, or in even steps that every scheduler can say: minutes that divide an hour, hours that
/// divide a day, a day, a week (from Sunday).
/// </summary>
/// <param name="Unit">The unit of the step.</param>
/// <param name="Step">How many of it.</param>
/// <param name="At">The time of the day that the steps are counted from.</param>
internal sealed record ScheduleTimes(ScheduleUnit Unit, int Step, TimeOnly At)
{
    private const int MinutesAnHour = 60;
    private const int HoursADay = 24;

    /// <summary>The first hour of the day in which it runs.</summary>
    public int FirstHour => Unit == ScheduleUnit.Hours ? At.Hour % Step : At.Hour;

    /// <summary>The first minute of the hour in which it runs.</summary>
    public int FirstMinute => Unit == ScheduleUnit.Minutes ? At.Minute % Step : At.Minute;

    /// <summary>Makes it of what a user says.</summary>
    /// <exception cref="SqliteBackupException"><see cref="BackupFailure.InvalidOption"/>: not every scheduler can do that.</exception>
    public static ScheduleTimes Of(TimeOnly at, TimeSpan? every)
    {
        if (every is not TimeSpan step || step == TimeSpan.FromDays(1))
        {
            return new ScheduleTimes(ScheduleUnit.Day, 1, at);
        }

        if (step == TimeSpan.FromDays(7))
        {
            return new ScheduleTimes(ScheduleUnit.Week, 1, at);
        }

        if (step.Ticks % TimeSpan.TicksPerHour == 0 && step.TotalHours is >= 1 and < HoursADay && HoursADay % (int)step.TotalHours == 0)
        {
            return new ScheduleTimes(ScheduleUnit.Hours, (int)step.TotalHours, at);
        }

        return step.Ticks % TimeSpan.TicksPerMinute == 0 && step.TotalMinutes is >= 1 and < MinutesAnHour && MinutesAnHour % (int)step.TotalMinutes == 0
            ? new ScheduleTimes(ScheduleUnit.Minutes, (int)step.TotalMinutes, at)
            : throw new SqliteBackupException(
                BackupFailure.InvalidOption,
                "",
                $"-Every {step:c} can't be said to every scheduler. Use minutes that divide an hour (1m to 30m), hours that divide a day (1h to 12h), 1d or 7d.");
    }

    /// <summary>The first run after an instant of the local clock.</summary>
    public DateTime NextAfter(DateTime now)
    {
        DateTime next = now.Date.AddHours(Unit == ScheduleUnit.Minutes ? now.Hour : FirstHour).AddMinutes(FirstMinute);
        while (next <= now || (Unit == ScheduleUnit.Week && next.DayOfWeek != DayOfWeek.Sunday))
        {
            next = Unit switch
            {
                ScheduleUnit.Minutes => next.AddMinutes(Step),
                ScheduleUnit.Hours => next.AddHours(Step),
                _ => next.AddDays(1),
            };
        }

        return next;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Unit switch
    {
        ScheduleUnit.Minutes => $"every {Step} min",
        ScheduleUnit.Hours => $"every {Step} h",
        ScheduleUnit.Week => "every Sunday",
        _ => "every day",
    }}{(Unit == ScheduleUnit.Minutes ? "" : $", from {FirstHour:00}:{FirstMinute:00}")}");
}
