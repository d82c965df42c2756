namespace EdgeFace.Journal;

/// <summary>Where the chain ends: the last event, and the last head that was signed for good.</summary>
readonly record struct ChainTail(long Boot, long Seq, byte[] Hash, long HeadNumber, long HeadSeq);
