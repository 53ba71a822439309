using System.Globalization;

namespace Cluster.Contracts.Jobs;

/// <summary>What a spec says of one of the models that every cluster has; a team's own models read these fields as they like.</summary>
internal static class ModelSpecValidator
{
    public static IEnumerable<SpecViolation> Violations(TrainingSpec spec)
    {
        if (!LayerSizes.TryParse(spec.Layers, out _)) yield return new SpecViolation("layers", spec.Layers!, LayerSizes.Limit);
        if (spec.Activation is { } activation && !TrainingNames.Activations.Contains(activation))
            yield return new SpecViolation("activation", activation, $"must be {string.Join(" or ", TrainingNames.Activations)}");
        if (spec.Initialiser is { } initialiser && !TrainingNames.Initialisers.Contains(initialiser))
            yield return new SpecViolation("initialiser", initialiser, $"must be {string.Join(" or ", TrainingNames.Initialisers)}");
        if (spec.Classes is { } classes && classes is < 2 or > TrainingSpec.MaxClasses)
            yield return new SpecViolation("classes", Text(classes), $"must be from 2 to {TrainingSpec.MaxClasses}");
        if (spec is { Regression: true, Classes: not null })
            yield return new SpecViolation("regression", "true", "cannot be given with classes: a model names classes or predicts a number");
        if (!TrainingNames.Models.Contains(spec.Model)) yield break;
        if (spec.Regression && spec.Model != TrainingNames.Mlp)
            yield return new SpecViolation("regression", "true", $"cannot be given with model {spec.Model}: only {TrainingNames.Mlp} is a regression or not");

        (string Field, string? Value, string[] Models)[] fields =
        [
            ("layers", spec.Layers, [TrainingNames.Mlp]),
            ("activation", spec.Activation, [TrainingNames.Mlp]),
            ("initialiser", spec.Initialiser, [TrainingNames.Mlp]),
            ("classes", spec.Classes is { } number ? Text(number) : null, [TrainingNames.Mlp, TrainingNames.Softmax]),
            ("startWeight", spec.StartWeight is { } weight ? Text(weight) : null, [TrainingNames.Linear]),
            ("startBias", spec.StartBias is { } bias ? Text(bias) : null, [TrainingNames.Linear]),
        ];
        foreach (var (field, value, models) in fields)
        {
            if (value is not null && !models.Contains(spec.Model))
                yield return new SpecViolation(field, value, $"cannot be given with model {spec.Model}, which has none");
        }

        if (spec.Model == TrainingNames.Mlp && spec.Layers is null)
            yield return new SpecViolation("layers", "", $"{LayerSizes.Limit} with model {spec.Model}");
    }

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}
