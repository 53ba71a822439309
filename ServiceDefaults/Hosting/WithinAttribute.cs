using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace Cluster.ServiceDefaults.Hosting;

/// <summary>Range of an option, both ends included; what is outside is answered with option, value and limits.</summary>
public sealed class WithinAttribute : RangeAttribute
{
    public WithinAttribute(int from, int to)
        : base(from, to)
    {
    }

    public WithinAttribute(long from, long to)
        : base(typeof(long), from.ToString(CultureInfo.InvariantCulture), to.ToString(CultureInfo.InvariantCulture))
    {
    }

    /// <param name="from">Shortest time, as <c>[d.]hh:mm:ss[.fff]</c>.</param>
    /// <param name="to">Longest time.</param>
    public WithinAttribute(string from, string to)
        : base(typeof(TimeSpan), from, to)
    {
    }

    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext)
        => IsValid(value) ? ValidationResult.Success : new ValidationResult($"{value}: must be from {Minimum} to {Maximum}", [validationContext.MemberName!]);
}
