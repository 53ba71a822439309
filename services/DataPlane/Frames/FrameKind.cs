namespace Cluster.DataPlane.Frames;

/// <summary>What a frame is; 1 to 15 go up to the ps task, 16 to 31 come down to the worker, 32 goes both ways.</summary>
public enum FrameKind : byte
{
    /// <summary>Names job, ps task, generation and worker for the frames that follow; another one takes its place.</summary>
    Attach = 1,

    /// <summary>A gradient, or its first part.</summary>
    Push = 2,

    /// <summary>Asks for a version of the parameters.</summary>
    Request = 3,

    /// <summary>The answer to an Attach.</summary>
    Attached = 16,

    /// <summary>The answer to a push. In synchronous mode one that is admitted is answered by parameters alone.</summary>
    PushAnswered = 17,

    /// <summary>The answer to a request that brings no parameters now.</summary>
    RequestAnswered = 18,

    /// <summary>A slice of parameters, or its first part.</summary>
    Parameters = 19,

    /// <summary>Asks the worker to compute a block that nobody has pushed.</summary>
    Hint = 20,

    /// <summary>The next part of the gradient or the parameters under way.</summary>
    More = 32,
}

/// <summary>Bits of <see cref="FrameHeader.Flags"/>.</summary>
[Flags]
public enum FrameFlags : ushort
{
    None = 0,

    /// <summary>Another worker contributed these lanes at this clock.</summary>
    Displaced = 1,
}
