using System.Globalization;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace DiditWorker.Benchmarks.Reports;

/// <summary>A line of a chart.</summary>
internal sealed record Line(string Name, IReadOnlyList<(double X, double Y)> Points);

/// <summary>Line charts as SVG, once for light and once for dark pages.</summary>
/// <param name="Title">Above the chart.</param>
/// <param name="X">Name of the horizontal axis, with its unit.</param>
/// <param name="Y">Name of the vertical axis, with its unit; it begins at 0.</param>
/// <param name="Logarithmic">Whether the horizontal axis is.</param>
/// <param name="Lines">What is drawn.</param>
internal sealed record LineChart(string Title, string X, string Y, bool Logarithmic, IReadOnlyList<Line> Lines)
{
    private const int Width = 720;
    private const int Height = 360;

    // Okabe and Ito's colours, which people who see few colours can tell apart; the marker says it too.
    private static readonly OxyColor[] Colours =
        [OxyColor.Parse("#0072B2"), OxyColor.Parse("#D55E00"), OxyColor.Parse("#009E73"), OxyColor.Parse("#CC79A7")];
    private static readonly OxyColor[] OnDark =
        [OxyColor.Parse("#56B4E9"), OxyColor.Parse("#E69F00"), OxyColor.Parse("#2FD6A5"), OxyColor.Parse("#F0A6CF")];
    private static readonly MarkerType[] Markers = [MarkerType.Circle, MarkerType.Square, MarkerType.Triangle, MarkerType.Diamond];

    /// <summary>Writes <c>name-light.svg</c> and <c>name-dark.svg</c>.</summary>
    public void Save(string directory, string name)
    {
        Directory.CreateDirectory(directory);
        File.WriteAllText(
            Path.Combine(directory, name + "-light.svg"), Draw(OxyColor.Parse("#1F2328"), OxyColor.Parse("#FFFFFF"), Colours));
        File.WriteAllText(Path.Combine(directory, name + "-dark.svg"), Draw(OxyColor.Parse("#E6EDF3"), OxyColor.Parse("#0D1117"), OnDark));
    }

    private string Draw(OxyColor ink, OxyColor paper, OxyColor[] colours)
    {
        var model = new PlotModel
        { Title = Title, TextColor = ink, TitleColor = ink, Background = paper, PlotAreaBorderColor = ink, TitleFontSize = 15 };
        model.Axes.Add(
            Logarithmic ? new LogarithmicAxis { LabelFormatter = Short } : new LinearAxis { MinimumPadding = 0.05, MaximumPadding = 0.05 });
        model.Axes[0].Position = AxisPosition.Bottom;
        model.Axes[0].Title = X;
        model.Axes.Add(
            new LinearAxis
            {
                Position = AxisPosition.Left, Title = Y, Minimum = 0, MaximumPadding = 0.25, LabelFormatter = Short,
                MajorGridlineStyle = LineStyle.Dot
            });
        foreach (var axis in model.Axes)
        {
            axis.AxisTitleDistance = 10;
            (axis.TicklineColor, axis.AxislineColor, axis.MajorGridlineColor) = (ink, ink, OxyColor.FromAColor(80, ink));
        }

        model.Legends.Add(
            new Legend
            {
                LegendTextColor = ink, LegendPosition = LegendPosition.RightTop, LegendPlacement = LegendPlacement.Outside,
                LegendLineSpacing = 6
            });
        model.IsLegendVisible = Lines.Count > 1;
        foreach (var (line, i) in Lines.Select((line, i) => (line, i)))
        {
            var series = new LineSeries
            {
                Title = line.Name, Color = colours[i], MarkerType = Markers[i], MarkerFill = colours[i], MarkerSize = 4,
                StrokeThickness = 2
            };
            series.Points.AddRange(line.Points.Select(point => new DataPoint(point.X, point.Y)));
            model.Series.Add(series);
        }

        return new SvgExporter { Width = Width, Height = Height, TextMeasurer = new WideFonts(paper) }.ExportToString(model);
    }

    // Of a value on a logarithmic axis the last digits are not exact.
    private static string Short(double value) => Math.Round(value, 2) switch
    {
        >= 1_000_000 and var rounded => (rounded / 1_000_000).ToString("0.##", CultureInfo.InvariantCulture) + " M",
        >= 1_000 and var rounded => (rounded / 1_000).ToString("0.##", CultureInfo.InvariantCulture) + " k",
        var rounded => rounded.ToString("0.##", CultureInfo.InvariantCulture),
    };

    // It measures in Helvetica; whoever looks may have a wider font, and text must not be cut.
    private sealed class WideFonts(OxyColor paper) : PdfRenderContext(Width, Height, paper)
    {
        private const double Wider = 1.5;

        public override OxySize MeasureText(string text, string fontFamily, double fontSize, double fontWeight)
        {
            var size = base.MeasureText(text, fontFamily, fontSize, fontWeight);
            return new(size.Width * Wider, size.Height * Wider);
        }
    }
}
