using System.Diagnostics;
using Cluster.Compute.Cuda.Driver;

namespace Cluster.Compute.Cuda.Execution;

/// <summary>
/// The thread of one device: it alone has the context current and enqueues work, in the order in which commands arrive in a
/// bounded ring. Calling threads post and go on, or wait for a completion with a time-out; it never waits for the device, but
/// asks for the awaited events between commands, so that one stream's wait holds up no other.
/// </summary>
/// <remarks>
/// State: the ring and <see cref="Lost"/> are under the lock; the awaited completions belong to the thread. Once the context is
/// lost, every command and completion fails with the first loss.
/// </remarks>
internal sealed class CudaThread : IDisposable
{
    private const int Capacity = 256;

    // A kernel of a training step lasts this long; asking without a pause finds its end within a microsecond.
    private static readonly TimeSpan Eager = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _free = new(Capacity, Capacity);
    private readonly SemaphoreSlim _filled = new(0);
    private readonly CudaCommand[] _ring = new CudaCommand[Capacity];
    private readonly List<CudaCompletion> _awaited = [];
    private readonly CudaContextHandle _context;
    private readonly TimeSpan _limit;
    private readonly Thread _thread;
    private int _head, _count;
    private CudaException? _lost;
    private volatile bool _closing;

    /// <param name="context">The device's; made current on the new thread, and its owner's to dispose.</param>
    /// <param name="name">Of the thread.</param>
    /// <param name="limit">How long a calling thread waits for room in the ring or for a completion.</param>
    public CudaThread(CudaContextHandle context, string name, TimeSpan limit)
    {
        (_context, _limit) = (context, limit);
        _thread = new Thread(Run) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <summary>Why nothing works any more; null while it does.</summary>
    public CudaException? Lost
    {
        get
        {
            lock (_gate) return _lost;
        }
    }

    /// <summary>Hands over a command and returns.</summary>
    /// <exception cref="CudaException">The device is lost, or has taken no command for the time limit.</exception>
    public void Post(in CudaCommand command)
    {
        ObjectDisposedException.ThrowIf(_closing, typeof(CudaDevice));
        if (!_free.Wait(_limit)) throw Lose(CudaException.NotInTime("A free place in the device's queue", _limit));
        lock (_gate)
        {
            if (_lost is not null)
            {
                _free.Release();
                throw _lost.Again();
            }

            _ring[(_head + _count++) % Capacity] = command;
        }

        _filled.Release();
    }

    /// <summary>Posts a command that completes, and waits for it.</summary>
    /// <exception cref="CudaException">What failed, or the time limit is over, which loses the device.</exception>
    public void PostAndWait(in CudaCommand command)
    {
        var completion = command.Completion!;
        completion.Reset();
        Post(in command);
        if (!completion.Wait(_limit)) throw Lose(CudaException.NotInTime(command.Operation.ToString(), _limit));
        if (completion.Failure is CudaException failure) throw failure.Again();
        if (completion.Failure is { } other) throw new InvalidOperationException(other.Message, other);
    }

    /// <summary>Runs a function on the device's thread, with the context current.</summary>
    public T Call<T>(Func<CudaContextHandle, T> function)
    {
        using var completion = new CudaCompletion(null);
        var result = default(T)!;
        PostAndWait(new CudaCommand
        {
            Operation = CudaOperation.Call,
            Completion = completion,
            Call = context => result = function(context),
        });
        return result;
    }

    /// <summary>Ends the thread when the commands in the ring are enqueued. A device that does not answer is left alone with it.</summary>
    public void Dispose()
    {
        if (_closing) return;
        _closing = true;
        _filled.Release();
        _thread.Join(Lost is null ? _limit : CloseLimit);
    }

    private CudaException Lose(CudaException cause)
    {
        lock (_gate) return (_lost ??= cause).Again();
    }

    private void Run()
    {
        var idleSince = Stopwatch.GetTimestamp();
        while (true)
        {
            if (_filled.Wait(Patience(idleSince)))
            {
                if (!TryTake(out var command))
                {
                    if (_closing && _awaited.Count == 0) return;
                    continue;
                }

                CudaCommands.Execute(in command, _context, this);
                idleSince = Stopwatch.GetTimestamp();
            }
            else if (_closing && _awaited.Count == 0)
            {
                return;
            }

            if (AskForAwaited()) idleSince = Stopwatch.GetTimestamp();
        }
    }

    /// <summary>How long to sleep for a command: without end where nothing is awaited, else not at all, and later for a little.</summary>
    private int Patience(long idleSince)
    {
        if (_awaited.Count == 0) return _closing ? 0 : Timeout.Infinite;
        return Stopwatch.GetElapsedTime(idleSince) < Eager ? 0 : 1;
    }

    private bool TryTake(out CudaCommand command)
    {
        lock (_gate)
        {
            command = default;
            if (_count == 0) return false;
            command = _ring[_head];
            _ring[_head] = default;
            _head = (_head + 1) % Capacity;
            _count--;
        }

        _free.Release();
        return true;
    }

    /// <summary>Called on the device's thread: completes when the event is reached.</summary>
    internal void Await(CudaCompletion completion) => _awaited.Add(completion);

    /// <summary>Called on the device's thread: an error, and whether it takes the device with it.</summary>
    internal CudaException Note(CudaException failure)
    {
        if (failure.IsDeviceLost) Lose(failure);
        return failure;
    }

    /// <returns>Whether one was reached.</returns>
    private bool AskForAwaited()
    {
        var before = _awaited.Count;
        for (var i = before - 1; i >= 0; i--)
        {
            var completion = _awaited[i];
            var result = Lost is null ? CudaDriver.cuEventQuery(completion.Event!.Value) : CudaResult.Success;
            if (result == CudaResult.NotReady) continue;
            if (result != CudaResult.Success) completion.Failure = Note(new CudaException(nameof(CudaDriver.cuEventQuery), result));
            completion.Failure = Lost ?? completion.Failure;
            _awaited.RemoveAt(i);
            completion.Complete();
        }

        if (_awaited.Count == before && before > 0) Thread.Yield();
        return _awaited.Count < before;
    }
}
