using System.Globalization;
using Cluster.Contracts.Devices;
using FluentValidation;

namespace Cluster.Contracts.Jobs;

/// <summary>Base of the validators of specs: rules whose failures carry the field, the value and the limit.</summary>
public abstract class SpecValidator<T> : AbstractValidator<T>
{
    /// <summary>Every violation of a spec at once; empty when it is valid.</summary>
    public IReadOnlyList<SpecViolation> Violations(T spec)
        => [.. Validate(spec).Errors.Select(e => (SpecViolation)e.CustomState)];

    protected void Within(string field, System.Linq.Expressions.Expression<Func<T, long>> value, long from, long to)
        => RuleFor(value).InclusiveBetween(from, to)
            .WithState((_, v) => new SpecViolation(field, v.ToString(CultureInfo.InvariantCulture), $"must be from {from} to {to}"));

    protected void Is(string field, System.Linq.Expressions.Expression<Func<T, long>> value, long only, string limit)
        => RuleFor(value).Equal(only).WithState((_, v) => new SpecViolation(field, v.ToString(CultureInfo.InvariantCulture), limit));

    protected void Satisfies(string field, System.Linq.Expressions.Expression<Func<T, string>> value, Func<string, bool> condition, string limit)
        => RuleFor(value).Must(condition).WithState((_, v) => new SpecViolation(field, v, limit));

    protected void OneOf(string field, System.Linq.Expressions.Expression<Func<T, string>> value, IReadOnlyList<string> names)
        => Satisfies(field, value, names.Contains, $"must be {string.Join(" or ", names)}");

    /// <summary>A number that is finite and satisfies a condition.</summary>
    protected void Number(string field, System.Linq.Expressions.Expression<Func<T, float>> value, Func<float, bool> condition, string limit)
        => RuleFor(value).Must(v => float.IsFinite(v) && condition(v))
            .WithState((_, v) => new SpecViolation(field, v.ToString(CultureInfo.InvariantCulture), limit));

    protected void Inside(string field, System.Linq.Expressions.Expression<Func<T, double>> value, NumberRange range)
        => RuleFor(value).Must(range.Contains)
            .WithState((_, v) => new SpecViolation(field, v.ToString(CultureInfo.InvariantCulture), $"must be {range}"));

    /// <summary>What a function finds.</summary>
    protected void All(Func<T, IEnumerable<SpecViolation>> violations)
        => RuleFor(s => s).Custom((spec, context) =>
        {
            foreach (var violation in violations(spec))
                context.AddFailure(new FluentValidation.Results.ValidationFailure(violation.Field, violation.Limit) { CustomState = violation });
        });

    protected void IsDevice(string field, System.Linq.Expressions.Expression<Func<T, string?>> value)
        => RuleFor(value).Must(v => DeviceSpec.TryParse(v, out _, out _))
            .WithState((_, v) => new SpecViolation(field, v!, DeviceProblem(v)));

    /// <summary>A placement that fits the index space, where there is one.</summary>
    protected void IsPlacement(
        string field, System.Linq.Expressions.Expression<Func<T, ItemPlacement?>> value, Func<T, (long IndexCount, long GrainSize)> space)
        => RuleFor(value).Must((spec, v) => Problem(v, space(spec)) is null)
            .WithState((spec, v) => new SpecViolation(field, $"{v!.Parts.Count} parts", Problem(v, space(spec))!));

    private static string? Problem(ItemPlacement? placement, (long IndexCount, long GrainSize) space)
        => placement?.Problem(space.IndexCount, space.GrainSize);

    private static string DeviceProblem(string? text)
        => DeviceSpec.TryParse(text, out _, out var error) ? "" : error;
}
