using System.Numerics.Tensors;
using Microsoft.ML.OnnxRuntime;

namespace EdgeFace.Inference;

/// <summary>
/// Shows that a provider computes, in this very process, what the CPU computes: on two different pictures of noise, so that one who
/// answers always the same, or who saw an older picture, is found out. It is the first run too: what a driver compiles then is not
/// compiled in a door's time.
/// </summary>
static class ProviderProof
{
    /// <summary>Of every output with the CPU's. Half precision stays above 0.99.</summary>
    const float CosineMin = 0.98f;

    /// <exception cref="ProviderException">WrongNumbers: it computes something else. Failed: it does not compute.</exception>
    public static void Ensure(ModelEngine cpu, ModelEngine other, ModelCard card, int batch)
    {
        var planes = card.Input.Colour is ColourOrder.Grey ? 1 : 3;
        long[] sides = [batch, planes, card.Input.Height, card.Input.Width];
        for (var seed = 1; seed <= 2; seed++)
        {
            var picture = BatchProof.Noise(card.Input, batch * planes * card.Input.Height * card.Input.Width, seed);
            var expected = BatchProof.Run(cpu.Session, picture, sides);
            float[][] given;
            try
            {
                given = BatchProof.Run(other.Session, picture, sides);
            }
            catch (OnnxRuntimeException e)
            {
                throw new ProviderException(ProviderFault.Failed, $"{other.Provider} failed while it computed {card.Id}: {ModelEngine.Essence(e.Message)}", e);
            }

            for (var i = 0; i < expected.Length; i++)
            {
                var cosine = given[i].Length == expected[i].Length && given[i].Length > 0 ? TensorPrimitives.CosineSimilarity(expected[i], given[i]) : 0;
                // Written so that no number at all is not near; and two that are zero throughout are the same.
                if (cosine >= CosineMin || expected[i].AsSpan().SequenceEqual(given[i])) continue;

                throw new ProviderException(ProviderFault.WrongNumbers, FormattableString.Invariant(
                    $"{other.Provider} computes something else than the CPU: the cosine of {card.Id}'s output {cpu.Session.OutputNames[i]} must be at least {CosineMin}, and it was {cosine:G4}"));
            }
        }
    }
}
