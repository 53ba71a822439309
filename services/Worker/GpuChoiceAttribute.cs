using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;

namespace Cluster.Worker;

/// <summary>A choice of GPUs; what is none is answered with option, value and what would be right.</summary>
internal sealed partial class GpuChoiceAttribute : ValidationAttribute
{
    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext)
        => value is string text && Choice().IsMatch(text)
            ? ValidationResult.Success
            : new ValidationResult($"{value}: must be all, none, one, or 1 to 64 numbers of GPUs from 0 to 999, such as 0,2", [validationContext.MemberName!]);

    [GeneratedRegex(@"^(all|none|one|[0-9]{1,3}(,[0-9]{1,3}){0,63})\z")]
    private static partial Regex Choice();
}
