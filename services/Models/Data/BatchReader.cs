using Cluster.Protocol.Lanes;
using Cluster.Protocol.Plans;

namespace Cluster.Models.Data;

/// <summary>Fetches the examples of (lane, clock): a pure function of data, seed and schedule, so that any worker reads any batch.</summary>
/// <remarks>Immutable and shared by threads, each with a batch of its own.</remarks>
public sealed class BatchReader
{
    private readonly DataSet _data;
    private readonly EpochSchedule _schedule;
    private readonly ExampleOrder _order;
    private readonly RowView _rows;
    private readonly Standardiser? _standardiser;

    /// <param name="data">The whole data set.</param>
    /// <param name="schedule">Lanes, batch size and epochs for exactly these examples.</param>
    /// <param name="seed">The job's seed, key of the order of examples.</param>
    /// <exception cref="ArgumentException">The schedule is for another number of examples.</exception>
    public BatchReader(DataSet data, EpochSchedule schedule, ulong seed)
        : this(data, schedule, seed, RowView.All(data.Rows), standardiser: null)
    {
    }

    /// <param name="data">The whole data set.</param>
    /// <param name="schedule">Lanes, batch size and epochs for exactly the rows of the view.</param>
    /// <param name="seed">The job's seed, key of the order of examples.</param>
    /// <param name="rows">The rows that are read, those of <see cref="DataSplit.Train"/>.</param>
    /// <param name="standardiser">What the features are shifted and scaled by, or null.</param>
    /// <exception cref="ArgumentException">The schedule is for another number of examples, or the standardiser for other features.</exception>
    public BatchReader(DataSet data, EpochSchedule schedule, ulong seed, RowView rows, Standardiser? standardiser)
    {
        if (schedule.Examples != rows.Count)
            throw new ArgumentException($"The schedule is for {schedule.Examples} examples, there are {rows.Count}.", nameof(schedule));
        if (standardiser is not null && standardiser.FeatureCount != data.FeatureCount)
            throw new ArgumentException($"The standardisation is for {standardiser.FeatureCount} features, the data set has {data.FeatureCount}.",
                nameof(standardiser));
        (_data, _schedule, _rows, _standardiser) = (data, schedule, rows, standardiser);
        _order = new ExampleOrder(seed, rows.Count);
    }

    /// <summary>The training rows of a job.</summary>
    /// <param name="data">Its data set.</param>
    /// <param name="plan">Its plan.</param>
    /// <exception cref="ArgumentException">The plan is for another data set.</exception>
    public static BatchReader Of(DataSet data, TrainingPlan plan)
    {
        return new BatchReader(data, plan.Schedule(), plan.Spec.Seed, DataSplit.Of(plan).Train, Standardiser.Of(plan));
    }

    /// <summary>A batch with room for what a lane takes in one local step at most.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A share has more than <see cref="Array.MaxLength"/> values.</exception>
    public Batch CreateBatch()
    {
        var step = Math.Min(_schedule.StepExamples, _schedule.Examples);
        var share = Math.Min(_schedule.Batch, ((step - 1) / _schedule.Lanes) + 1);
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
        ArgumentOutOfRangeException.ThrowIfNegative(lane);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(lane, _schedule.Lanes);
        ArgumentOutOfRangeException.ThrowIfNegative(clock);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(clock, _schedule.TotalClocks);
        var share = _schedule.Share(clock, lane, localStep);
        var order = _order.Of(share.Epoch);
        batch.Clear();
        for (var position = share.Start; position < share.End; position++)
        {
            var row = _rows.Row(order.Example(position));
            batch.Add(_data.Features(row), _data.Label(row), _standardiser);
        }

        return batch.Count;
    }
}
