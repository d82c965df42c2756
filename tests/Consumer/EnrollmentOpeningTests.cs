using System.Security.Cryptography;
using System.Text;
using EdgeFace.Consumer;
using EdgeFace.Tests.Delivery;
using EdgeFace.Wire;
using Xunit;

namespace EdgeFace.Tests.Consumer;

public sealed class EnrollmentOpeningTests : IDisposable
{
    readonly PushBed _bed = new();
    readonly SigningKey _device = SigningKey.Create();
    readonly ECDiffieHellman _hub = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);

    EnrollmentOpening Opening => new(name => name == PushBed.Device ? _device.Public : null, _hub);

    byte[] Upload(PersonRecord record, string device = PushBed.Device, SigningKey? key = null) => Encoding.ASCII.GetBytes(
        EnrollmentUpload.Sign(record, device, _hub.ExportSubjectPublicKeyInfo(), key ?? _device, _bed.Time.GetUtcNow()));

    [Fact]
    public void An_upload_reaches_the_hub_as_it_was_and_the_broker_reads_nothing_of_it()
    {
        var record = _bed.Person(values: 512);
        var text = Upload(record);

        Assert.True(Opening.TryOpen(PushBed.Device, text, out var opened, out _));
        Assert.Equal((record.Person.Name, PushBed.Device), (opened?.Record.Person.Name, opened?.Device));
        Assert.Equal(record.Digest, opened?.Record.Digest);
        Assert.Equal(-1, text.AsSpan().IndexOf("Person"u8));
    }

    [Fact]
    public void The_same_record_has_the_same_id_each_time()
    {
        var record = _bed.Person();
        string? IdOf() => Opening.TryOpen(PushBed.Device, Upload(record), out var opened, out _) ? opened?.Id : null;
        Assert.NotNull(IdOf());
        Assert.Equal(IdOf(), IdOf());
    }

    [Fact]
    public void An_upload_of_another_device_key_hub_or_with_a_changed_letter_is_refused_with_the_reason()
    {
        var record = _bed.Person();
        using var foreign = SigningKey.Create();
        string? Refusal(byte[] text, string device = PushBed.Device, EnrollmentOpening? opening = null)
        {
            Assert.False((opening ?? Opening).TryOpen(device, text, out var opened, out var refusal));
            Assert.Null(opened);
            return refusal;
        }

        Assert.Equal("unknown-device", Refusal(Upload(record), "door-9"));
        Assert.Equal("unknown-key", Refusal(Upload(record, key: foreign)));
        Assert.Equal("wrong-device", Refusal(Upload(record, device: "door-2")));
        Assert.Equal("not-sealed-to-me", Refusal(Upload(record), opening: new EnrollmentOpening(_ => _device.Public, _bed.Sealing)));
        var text = Upload(record);
        text[^200] ^= 1;
        Assert.Equal("bad-signature", Refusal(text));
    }

    [Fact]
    public void Ten_templates_of_512_values_fit_a_message_and_what_does_not_is_said()
    {
        var template = new PushedTemplate(Guid.NewGuid().ToString("N"), PushBed.Model, 1, _bed.Time.GetUtcNow(), 512);
        var person = _bed.Person().Person with { Templates = [.. Enumerable.Repeat(template, 10)] };
        Assert.InRange(Upload(PersonRecord.Of(person, new byte[10 * 512 * 4])).Length, 1, Topics.PayloadBytesMax);

        var large = person with { Templates = [.. Enumerable.Repeat(template with { Values = 1_024 }, 10)] };
        Assert.Throws<FormatException>(() => Upload(PersonRecord.Of(large, new byte[10 * 1_024 * 4])));
    }

    [Fact]
    public void A_device_says_who_it_is_under_its_own_key()
    {
        var identity = new DeviceIdentity(PushBed.Device, _bed.Sealing.ExportSubjectPublicKeyInfo(), PushBed.Model, DeviceIdentity.ProtocolNow, PushBed.Gallery);
        var text = Encoding.ASCII.GetBytes(identity.Sign(_device));

        Assert.Equal(identity.SealingKey, DeviceIdentity.Open(text, PushBed.Device, _device.Public)?.SealingKey);
        Assert.Null(DeviceIdentity.Open(text, "door-2", _device.Public));
        Assert.Null(DeviceIdentity.Open(text, PushBed.Device, _bed.Root.Public));
    }

    [Fact]
    public void Nobody_is_believed_to_have_a_key_that_nothing_can_be_sealed_to()
    {
        using var other = System.Security.Cryptography.ECDiffieHellman.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP384);
        foreach (var key in new[] { [], [1, 2, 3], other.ExportSubjectPublicKeyInfo(), [.. _bed.Sealing.ExportSubjectPublicKeyInfo(), 0] })
        {
            var identity = new DeviceIdentity(PushBed.Device, key, PushBed.Model, DeviceIdentity.ProtocolNow, PushBed.Gallery);
            Assert.Null(DeviceIdentity.Open(Encoding.ASCII.GetBytes(identity.Sign(_device)), PushBed.Device, _device.Public));
        }
    }

    [Theory, InlineData(0f), InlineData(float.NaN), InlineData(float.PositiveInfinity), InlineData(1f)]
    public void A_template_that_is_no_unit_vector_is_refused(float each)
    {
        var template = new PushedTemplate(Guid.NewGuid().ToString("N"), PushBed.Model, 1, _bed.Time.GetUtcNow(), 4);
        var values = System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(new[] { each, each, each, each }).ToArray();
        var record = PersonRecord.Of(_bed.Person().Person with { Templates = [template] }, values);
        Assert.False(Opening.TryOpen(PushBed.Device, Upload(record), out _, out var refusal));
        Assert.Equal("bad-content", refusal);
    }

    public void Dispose()
    {
        _bed.Dispose();
        _device.Dispose();
        _hub.Dispose();
    }
}
