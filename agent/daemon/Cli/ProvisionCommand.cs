using System.CommandLine;
using System.CommandLine.Parsing;
using EdgeFace.Wire;

namespace EdgeFace.Cli;

/// <summary><c>edgeface provision URL</c>: makes this device known to a hub.</summary>
static class ProvisionCommand
{
    public const string Installed = "/etc/edgeface/profile.json";

    public static Command Create(Installation home)
    {
        var hub = new Argument<Uri>("URL") { Description = "The hub's page, as https://hub.example:8443.", CustomParser = Address };
        var device = new Option<string>("--device") { Description = "The name that the code is for.", Required = true };
        device.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } name && !Topics.IsDevice(name))
                result.AddError($"--device: 1 to 64 letters, digits, dots, dashes and underscores, not '{name}'.");
        });
        var code = new Option<string>("--code") { Description = "The one-time code that the hub shows.", Required = true };
        var pin = new Option<string?>("--pin") { Description = "SHA-256 of the key that the hub's certificate must lead to; the hub shows it.", HelpName = "HEX" };
        var profile = new Option<string?>("--profile") { Description = $"The device's profile, which is written anew; {Installed} when not said.", HelpName = "FILE" };
        var command = new Command("provision",
            "Makes this device known to a hub: shows the code that an operator was given, and writes into the profile how the hub is reached and whose "
            + "signatures are believed. The device's own key stays here. Restart the daemon then. Exit code: 0 done, 3 the hub refuses or the profile is none.")
        {
            hub, device, code, pin, profile,
        };
        command.SetAction(async (parse, stop) =>
        {
            var words = await new HubProvisioning(home.Data, home.Time).RunAsync(
                parse.GetValue(hub) ?? new Uri("about:blank"), parse.GetValue(device) ?? "", parse.GetValue(code) ?? "", parse.GetValue(pin),
                parse.GetValue(profile) ?? Installed, stop);
            await parse.InvocationConfiguration.Output.WriteLineAsync(words);
            return ExitCode.Ok;
        });
        return command;
    }

    static Uri? Address(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (Uri.TryCreate(text, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp)) return address;

        result.AddError($"URL: the address of the hub's page, as https://hub.example:8443, not '{text}'.");
        return null;
    }
}
