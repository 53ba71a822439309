using Cluster.Protocol.Lanes;

namespace Cluster.Training.Data;

/// <summary>Fetches the examples of (lane, clock): a pure function of data, seed and schedule, so that any worker reads any batch.</summary>
/// <remarks>Immutable and shared by threads, each with a batch of its own.</remarks>
public sealed class BatchReader
{
    private readonly DataSet _data;
    private readonly EpochSchedule _schedule;
    private readonly ExampleOrder _order;

    /// <param name="data">The whole data set.</param>
    /// <param name="schedule">Lanes, batch size and epochs for exactly these examples.</param>
    /// <param name="seed">The job's seed, key of the order of examples.</param>
    /// <exception cref="ArgumentException">The schedule is for another number of examples.</exception>
    public BatchReader(DataSet data, EpochSchedule schedule, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(schedule);
        if (schedule.Examples != data.Rows)
            throw new ArgumentException($"The schedule is for {schedule.Examples} examples, the data set has {data.Rows}.", nameof(schedule));
        _data = data;
        _schedule = schedule;
        _order = new ExampleOrder(seed, data.Rows);
    }

    /// <summary>A batch with room for what a lane takes in one local step at most.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A share has more than <see cref="Array.MaxLength"/> values.</exception>
    public Batch CreateBatch()
    {
        long step = Math.Min(_schedule.StepExamples, _schedule.Examples);
        long share = Math.Min(_schedule.Batch, ((step - 1) / _schedule.Lanes) + 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(share, Array.MaxLength);
        return new Batch((int)share, _data.FeatureCount);
    }

    /// <summary>Replaces the batch's content by the examples of a lane's local step at a clock; none where the epoch's last step is too short for it.</summary>
    /// <param name="lane">The lane, from 0.</param>
    /// <param name="clock">The clock, from 0 to below the schedule's total.</param>
    /// <param name="batch">Of <see cref="CreateBatch"/>.</param>
    /// <param name="localStep">The local step, from 0; none where the lane's share ends before.</param>
    /// <returns>The number of examples.</returns>
    /// <exception cref="ArgumentOutOfRangeException">No such lane or clock.</exception>
    public int Read(int lane, long clock, Batch batch, int localStep = 0)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentOutOfRangeException.ThrowIfNegative(lane);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(lane, _schedule.Lanes);
        ArgumentOutOfRangeException.ThrowIfNegative(clock);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(clock, _schedule.TotalClocks);
        EpochShare share = _schedule.Share(clock, lane, localStep);
        EpochOrder order = _order.Of(share.Epoch);
        batch.Clear();
        for (long position = share.Start; position < share.End; position++)
        {
            long row = order.Example(position);
            batch.Add(_data.Features(row), _data.Label(row));
        }

        return batch.Count;
    }
}
