using OpenCvSharp;

namespace EdgeFace.Capture;

/// <summary>Disposed before the picture is, it wipes the pixels that the picture then has: they show a face.</summary>
readonly ref struct WipedMat(Mat picture)
{
    public void Dispose()
    {
        if (!picture.IsDisposed && !picture.Empty()) picture.SetTo(Scalar.All(0));
    }
}
