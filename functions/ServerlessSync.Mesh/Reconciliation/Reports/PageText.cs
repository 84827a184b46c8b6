using System.Globalization;
using System.Net;
using System.Text;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>Writes a page. Whatever comes from outside goes through <see cref="Text"/>.</summary>
sealed class PageText
{
    const string Style = """
        :root { color-scheme: light dark; --line: #8884; --soft: #8882 }
        * { box-sizing: border-box }
        body { font: 16px/1.5 system-ui, sans-serif; margin: 0 }
        main { max-width: 70rem; margin: 0 auto; padding: 1rem }
        h1, h2, h3 { line-height: 1.2; margin: 1.5em 0 .5em } h1 { margin-top: 0 }
        .made { opacity: .7; margin-top: -.5rem }
        .tiles { display: flex; flex-wrap: wrap; gap: .5rem; list-style: none; padding: 0 }
        .tiles li { border: 1px solid var(--line); border-left-width: .4rem; border-radius: .3rem; padding: .4rem .8rem }
        .tiles b { font-size: 1.4rem; margin-right: .2rem }
        .critical { border-color: #b00020 !important } .high { border-color: #d9730d !important } .medium { border-color: #b8a000 !important } .low { border-color: #4a7fb5 !important }
        .wide { overflow-x: auto; border: 1px solid var(--line); border-radius: .3rem }
        table { border-collapse: collapse; min-width: 100%; width: max-content }
        th, td { text-align: left; vertical-align: top; padding: .4rem .6rem; border-bottom: 1px solid var(--line); overflow-wrap: break-word; max-width: 22rem }
        th { background: var(--soft); white-space: nowrap } tr:last-child td { border-bottom: 0 }
        td.figure { font-variant-numeric: tabular-nums; white-space: nowrap }
        summary { cursor: pointer; margin-bottom: .5rem }
        .badge { white-space: nowrap; border: 1px solid; border-left-width: .4rem; border-radius: .3rem; padding: 0 .4rem }
        svg { max-width: 100%; height: auto; display: block; margin-bottom: .5rem } .whole { fill: #4a7fb5 } .part { fill: none; stroke: #b00020 }
        """;

    readonly StringBuilder _text = new();
    bool _inRow;

    /// <summary>The page's beginning; the policy in it lets nothing in from elsewhere and no script run.</summary>
    public static string Head(string title) =>
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
        + "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"referrer\" content=\"no-referrer\">"
        + $"<title>{title}</title><style>\n{Style}\n</style></head><body><main>\n";

    /// <summary>Markup of ours.</summary>
    public PageText Raw(string markup)
    {
        _text.Append(markup);
        return this;
    }

    /// <summary>Text from anywhere: escaped, set apart from the direction of its neighbours, and with a mark where a character would not be seen.</summary>
    public PageText Text(string text)
    {
        _text.Append("<bdi>").Append(WebUtility.HtmlEncode(string.Concat(text.Select(c => IsSeen(c) ? c : '\uFFFD')))).Append("</bdi>");
        return this;
    }

    /// <summary>Begins a table.</summary>
    public void Table(params string[] columns)
    {
        _text.Append("<div class=\"wide\" tabindex=\"0\"><table><thead><tr>");
        foreach (var column in columns)
        {
            _text.Append("<th scope=\"col\">").Append(column).Append("</th>");
        }

        _text.Append("</tr></thead><tbody>");
    }

    /// <summary>Begins a row of it.</summary>
    public PageText Row() => Raw(EndRow() + "<tr>").Enter();

    /// <summary>A cell of text.</summary>
    public PageText Cell(string? text) => Raw("<td>").Text(text ?? "").Raw("</td>");

    /// <summary>A cell of a figure.</summary>
    public PageText Figure(string text) => Raw("<td class=\"figure\">").Text(text).Raw("</td>");

    /// <summary>A cell with a word that names its own colour.</summary>
    public PageText Badge(string word) => Raw($"<td><span class=\"badge {word}\">").Text(word).Raw("</span></td>");

    /// <summary>Ends the table.</summary>
    public void EndTable() => Raw(EndRow() + "</tbody></table></div>\n");

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    static bool IsSeen(char c) => char.GetUnicodeCategory(c) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    PageText Enter()
    {
        _inRow = true;
        return this;
    }

    string EndRow()
    {
        var end = _inRow ? "</tr>\n" : "";
        _inRow = false;
        return end;
    }
}
