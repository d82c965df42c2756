using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeFace.Documents;
using EdgeFace.Inference;
using EdgeFace.Profiles;
using Spectre.Console;

namespace EdgeFace.Cli;

/// <summary><c>edgeface models list|install|verify|quantize</c>.</summary>
static class ModelsCommand
{
    /// <param name="home">In its models folder lie model files and, under <c>cards/</c>, the user's own cards.</param>
    /// <param name="fetch">Fetches what is not there.</param>
    public static Command Create(Installation home, PackageFetch fetch) =>
        new("models", "The models that EdgeFace runs: what there is, what is installed, and whether it is whole.")
        {
            List(() => new(home.Catalog(), home.Data.Models)),
            Install(home, () => new(home.Catalog(), home.Data.Models, fetch, home.Time)),
            Verify(() => new(home.Catalog(), home.Data.Models)),
            QuantizeCommand.Create(home, fetch),
        };

    static Command List(Func<ModelInventory> inventory)
    {
        var json = Json();
        var command = new Command("list", "Lists every model, its licence and whether it is installed.") { json };
        command.SetAction(parse =>
        {
            Print(inventory().List(), parse.GetValue(json), parse.InvocationConfiguration.Output);
            return ExitCode.Ok;
        });
        return command;
    }

    static Command Verify(Func<ModelInventory> inventory)
    {
        var (ids, json) = (Ids("The models to check; none means those that are installed or ought to be."), Json());
        var command = new Command("verify", "Reads model files whole and compares them with their cards.") { ids, json };
        command.SetAction(parse =>
        {
            var models = inventory().Verify(parse.GetValue(ids) ?? []);
            Print(models, parse.GetValue(json), parse.InvocationConfiguration.Output);
            foreach (var fault in models.Select(model => model.Fault).OfType<string>())
                parse.InvocationConfiguration.Error.WriteLine($"edgeface: {fault}");
            return models.All(model => model.State is ModelState.Installed) ? ExitCode.Ok : ExitCode.Damaged;
        });
        return command;
    }

    static Command Install(Installation home, Func<ModelInstaller> installer)
    {
        var (ids, json) = (Ids("The models to install; none means the default pack."), Json());
        var from = new Option<string>("--from")
        {
            Description = "A .tgz archive, a folder or a model file to install from, without a network.",
        };
        var card = new Option<string>("--card")
        {
            Description = "A JSON card of a model of your own, one quantised elsewhere (ONNX in QDQ form) among them, or the name of a "
                + "shipped template, as face-detection-adas-0001, that --from completes with size and digest; --from says where its file is.",
        };
        var command = new Command("install", "Installs models. What is already right is left alone.") { ids, from, card, json };
        command.Aliases.Add("add");
        command.Validators.Add(result =>
        {
            if (result.GetResult(card) is null) return;
            if (result.GetResult(from) is null) result.AddError("--card needs --from FILE: the model's own file.");
            if (result.GetResult(ids) is { Tokens.Count: > 0 })
                result.AddError("--card names the model itself: give no ids beside it.");
        });
        command.SetAction(async (parse, stop) =>
        {
            var output = parse.InvocationConfiguration.Output;
            var progress = Terminal.Progress(parse.InvocationConfiguration.Error);
            var source = parse.GetValue(from);
            if (parse.GetValue(card) is { } own && source is not null)
            {
                var id = await installer().AddAsync(home.CardFile(own), source, progress, stop);
                Print([new InstalledFile(id, Changed: true)], parse.GetValue(json), output);
                return ExitCode.Ok;
            }

            var files = await installer().InstallAsync(parse.GetValue(ids) ?? [], source, progress, stop);
            Print(files, parse.GetValue(json), output);
            return ExitCode.Ok;
        });
        return command;
    }

    static void Print(IReadOnlyList<ModelReport> models, bool json, TextWriter output)
    {
        if (json)
        {
            foreach (var model in models)
                output.WriteLine(JsonSerializer.Serialize(model, ModelsJson.Default.ModelReport));
            return;
        }

        var table = new Table().Border(TableBorder.Rounded);
        table.AddColumns("model", "kind", "state", "bytes", "default", "licence");
        table.Columns[3].RightAligned();
        foreach (var model in models)
        {
            table.AddRow(
                Markup.Escape(model.Id), Words.Snake(model.Kind), Words.Snake(model.State), $"{model.Bytes}",
                model.InDefaultPack ? "yes" : "no", Markup.Escape(model.Licence));
        }

        Terminal.On(output).Write(table);
    }

    static void Print(IReadOnlyList<InstalledFile> files, bool json, TextWriter output)
    {
        foreach (var file in files)
        {
            output.WriteLine(json
                ? JsonSerializer.Serialize(file, ModelsJson.Default.InstalledFile)
                : $"{file.Name}: {(file.Changed ? "installed" : "already right")}");
        }
    }

    static Argument<string[]> Ids(string description) =>
        new("ids") { Description = description, Arity = ArgumentArity.ZeroOrMore };

    static Option<bool> Json() => new("--json") { Description = "One JSON object per line." };
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    Converters = [typeof(SnakeCase<ModelKind>), typeof(SnakeCase<ModelState>)])]
[JsonSerializable(typeof(ModelReport))]
[JsonSerializable(typeof(InstalledFile))]
sealed partial class ModelsJson : JsonSerializerContext;

/// <summary>Enumerations as programs read them: <c>not_live</c>, not <c>NotLive</c> nor 2.</summary>
sealed class SnakeCase<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower) where T : struct, Enum;
