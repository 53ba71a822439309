using Cluster.Contracts.Data;
using Cluster.Contracts.Data.V1;
using CsCheck;

namespace Cluster.Contracts.Tests.Data;

public sealed class DataImportTests
{
    private static readonly DataImport File = new() { Source = "houses.csv", Label = "price" };

    [Fact]
    public void Mapping_AnyImport_ComesBack()
        => Gen.Select(Gen.Bool, Gen.Bool, Gen.Bool, Gen.Int[0, 100], Gen.Bool).Sample((header, zero, shared, features, hasText) =>
    {
        var text = hasText ? "a-1" : null;
        var import = new DataImport
        {
            Name = text,
            Source = "file:x",
            Labels = text,
            Format = DataFormats.Idx,
            Label = text,
            HasHeader = header,
            Features = features,
            IsZeroBased = zero,
            IsShared = shared,
            IdempotencyKey = text,
        };
        Assert.Equal(import, LoadHeader.Parser.ParseFrom(Google.Protobuf.MessageExtensions.ToByteArray(import.ToProto())).ToImport());
    });

    [Fact]
    public void Mapping_HeaderOfALabelAlone_IsACsvFile()
        => Assert.Equal(new DataImport { Source = "", Label = "y" }, new LoadHeader { Label = "y" }.ToImport());

    [Fact]
    public void Validate_RightOnes_HaveNoViolation()
    {
        Assert.Empty(File.Validate());
        Assert.Empty((File with { Name = "houses-2" }).Validate());
        Assert.Empty(new DataImport { Source = "synthetic:moons", IsShared = true }.Validate());
        Assert.Empty(new DataImport { Source = "x.svm", Format = DataFormats.LibSvm, Features = 9 }.Validate());
        Assert.Empty(new DataImport { Source = "images", Format = DataFormats.Idx }.Validate());
        Assert.Empty(new DataImport { Source = "file:images", Labels = "file:labels", Format = DataFormats.Idx, IsShared = true }.Validate());
    }

    [Fact]
    public void Validate_EverythingWrong_IsListed()
        => Assert.Equal(
            [
                "name: data-x: must be 1 to 64 lower-case letters, digits or '-', and must not begin with 'data-'",
                "format: xml: must be csv or libsvm or idx",
                "features: 16384: must be from 0 to 16383",
                "shared: houses.csv: only file: and synthetic: sources can stay where they are",
            ],
            (File with { Name = "data-x", Format = "xml", Features = 16_384, IsShared = true }).Validate().Select(v => v.ToString()));

    [Fact]
    public void Validate_WhatAFormatNeeds_IsAskedFor()
    {
        Assert.Equal("label: '': must have 1 to 256 characters", Assert.Single((File with { Label = null }).Validate()).ToString());
        Assert.Equal("source: '': must have 1 to 2048 characters", Assert.Single((File with { Source = "" }).Validate()).ToString());
        Assert.Equal(
            "labels: '': must be the URI of the file of labels",
            Assert.Single(new DataImport { Source = "file:images", Format = DataFormats.Idx }.Validate()).ToString());
        Assert.Equal("shared: https://h/x.csv: only file: and synthetic: sources can stay where they are",
            Assert.Single((File with { Source = "https://h/x.csv", IsShared = true }).Validate()).ToString());
    }

    [Fact]
    public void Validate_WhatAnotherFormatHas_IsRefusedAndNotPassedOver()
    {
        Assert.Equal(
            ["features: 4: is for files of the format libsvm", "zeroBased: true: is for files of the format libsvm",
            "labels: l: is for files of the format idx"],
            (File with { Features = 4, IsZeroBased = true, Labels = "l" }).Validate().Select(v => v.ToString()));
        Assert.Equal(
            ["label: y: is for files of the format csv", "noHeader: true: is for files of the format csv"],
            new DataImport { Source = "x.svm", Format = DataFormats.LibSvm, Label = "y", HasHeader = false }.Validate().Select(v => v.ToString()));
    }

    [Theory]
    [InlineData("file:/x", true)]
    [InlineData("HTTPS://h/x", true)]
    [InlineData("synthetic:line", true)]
    [InlineData("files:/x", false)]
    [InlineData("file", false)]
    [InlineData("/data/file:x", false)]
    [InlineData("C:\\x.csv", false)]
    public void IsUri_AnySource_IsTrueForTheSchemes(string source, bool expected) => Assert.Equal(expected, DataImport.IsUri(source));
}
