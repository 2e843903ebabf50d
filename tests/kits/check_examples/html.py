"""Examples for the rules on the HTML: head, body, Outlook's view, type, contrast and client support."""

from check_kit import BODY, Case, Example

HEAD_END = "</head>"
H1 = '<h1 style="'
P = '<p style="margin:0 0 16px">Ketamine acts'
TABLE = "\n\n| Drug | Days |\n|---|---|\n| Ketamine | 1 |\n"
LINK = "a review of its effects</a>"
CTA = "\n\n::: cta\nCome and see. [Reserve a place](https://journal.example/place)\n:::\n"
BUTTON = "padding:12px 24px;font-family"


def within(text: str) -> Case:
    """The sound email with this before its first paragraph."""
    return Case(html=(P, f"{text}{P}"))


EXAMPLES = {
    "HEAD001": Example(
        Case(html=(HEAD_END, f"<style>{'a{color:#111111}' * 1000}</style></head>")),
        Case(html=(HEAD_END, f"<style>{'a{color:#111111}' * 100}</style></head>")),
    ),
    "HEAD002": Example(
        within("<style>p{margin:0}</style>"), Case(html=(HEAD_END, "<style>p{margin:0}</style></head>"))
    ),
    "HEAD003": Example(
        Case(html=(HEAD_END, "<style>@media screen{@media (max-width:9px){p{margin:0}}}</style></head>")),
        Case(html=(HEAD_END, "<style>@media screen and (max-width:9px){p{margin:0}}</style></head>")),
    ),
    "HEAD004": Example(
        Case(html=(HEAD_END, "<style>p{margin:0} [data-ogsc] p{color:#eeeeee}</style></head>")),
        Case(html=(HEAD_END, "<style>[data-ogsc] p{color:#eeeeee}</style></head>")),
    ),
    "HEAD005": Example(
        Case(html=('<meta name="color-scheme" content="light dark" />', "")),
        Case(
            html=(
                '<meta name="color-scheme" content="light dark" />',
                '<meta content="light  dark" name="color-scheme">',
            )
        ),
    ),
    "HEAD006": Example(
        Case(html=(' xml:lang="en-GB"', "")),
        Case(html=('xml:lang="en-GB" dir="ltr"', 'dir="ltr" xml:lang="en-GB"')),
    ),
    "HEAD007": Example(
        Case(html=(HEAD_END, '<link rel="stylesheet" href="https://fonts.example/x.css"></head>')),
        Case(html=(HEAD_END, "<style>p{font-family:Georgia,serif}</style></head>")),
    ),
    "HEAD008": Example(within("<p>A box: &#146;</p>"), within("<p>A quote: &#8217;, a mark: &#1450;</p>")),
    "HEAD009": Example(
        Case(html=("<head>", "<head><title>A title</title>")),
        Case(
            html=(
                '<meta charset="utf-8">',
                '<meta http-equiv="Content-Type" content="text/html; charset=UTF-8">',
            )
        ),
    ),
    "BODY001": Example(within("<div>"), within("<div></div><br>")),
    "BODY002": Example(within("<h1>Again</h1>"), within("<h2>Again</h2>")),
    "BODY003": Example(
        Case(body=BODY.replace("## What", "#### What")),
        Case(body=BODY.replace("## What", "## First\n\nWords.\n\n### What")),
    ),
    "BODY004": Example(within("<nav>Words</nav>"), within("<div>Words</div>")),
    "BODY005": Example(
        Case(html=('role="article"', "")), Case(html=('role="article"', 'class="x" role="article"'))
    ),
    "BODY006": Example(
        within("<table><tr><td>Words</td></tr></table>"),
        within('<table role="presentation"><tr><td>Words</td></tr></table>'),
    ),
    "BODY007": Example(
        within("<table><tr><th>Drug</th></tr><tr><td>Ketamine</td></tr></table>"), Case(body=BODY + TABLE)
    ),
    "BODY008": Example(
        within('<img src="x.png" alt="" width="640">'), within('<div style="width:600px">Words</div>')
    ),
    "BODY009": Example(within("<script>1</script>"), within("<b>script</b>")),
    "BODY010": Example(within('<b id="x">A</b><b id="x">B</b>'), within('<b id="x">A</b><b id="y">B</b>')),
    "BODY011": Example(within("<p>word\\u{a0}word</p>"), within("<p>word&nbsp;word</p>")),
    "BODY012": Example(
        Case(body=BODY + CTA, html=(BUTTON, "padding:6px 24px;font-family")), Case(body=BODY + CTA)
    ),
    "BODY013": Example(within("<mj-text>Words</mj-text>"), within("<abbr>Words</abbr>")),
    "BODY014": Example(
        Case(
            body=f"{BODY}\n| Compound | Dose in milligrams | Participants |\n|--|--|--|\n| Ketamine | 1,234,567.89 | 12 |\n"
        ),
        Case(body=BODY + TABLE),
    ),
    "BODY015": Example(
        within('<table><tr><th scope="col" style="word-break:break-word">Drug</th></tr></table>'),
        Case(body=BODY + TABLE),
    ),
    "BODY016": Example(
        within('<p dir="rtl">שלום <code>f(x)</code></p>'),
        within('<p dir="rtl">שלום <code dir="ltr">f(x)</code></p>'),
    ),
    "BODY017": Example(within(f"<p>{'a' * 50}</p>"), within(f"<p>{'a' * 25}<wbr>{'a' * 25}</p>")),
    "WORD001": Example(within("<!--[if mso]></td><![endif]-->"), within("<!--[if mso]><b>x</b><![endif]-->")),
    "WORD002": Example(
        # The cell of this paragraph has 32 px of padding at both sides.
        within(
            '<!--[if mso]><table role="presentation" width="600"><tr><td>Words</td></tr></table><![endif]-->'
        ),
        within(
            '<!--[if mso]><table role="presentation" width="536"><tr><td width="400"></td><td width="136"></td></tr></table><![endif]-->'
        ),
    ),
    "WORD009": Example(
        within('<p><a href="https://synapse.example/" style="padding:10px 0">Words</a></p>'),
        within(
            '<table role="presentation"><tr><td style="mso-padding-alt:10px 0px">'
            '<a href="https://synapse.example/" style="padding:10px 0">Words</a></td></tr></table>'
        ),
    ),
    "WORD010": Example(
        within('<ul style="margin:0;padding-left:26px"><li>Words</li></ul>'),
        within('<ul style="margin:0 0 0 26px;padding:0"><li>Words</li></ul>'),
    ),
    "WORD011": Example(
        within('<blockquote style="padding-left:20px;border-left:3px solid #111111">Words</blockquote>'),
        Case(body=f"{BODY}\n> Words\n"),
    ),
    "WORD012": Example(
        within(f'<pre style="white-space:pre-wrap">{"word " * 30}</pre>'),
        Case(body=f"{BODY}\n```\n{'word ' * 30}\n```\n"),
    ),
    "WORD003": Example(within('<img src="x.png" alt="">'), within('<img src="x.png" alt="" width="20">')),
    "WORD004": Example(within("<v:rect></v:rect>"), within("<!--[if mso]><v:rect></v:rect><![endif]-->")),
    "WORD005": Example(within("<!--[if mso]><b>x</b>"), within("<!--[if mso]><b>x</b><![endif]-->")),
    "WORD006": Example(
        within("<!--[if !mso]><!--><h2>Lost</h2><!--<![endif]-->"),
        within("<!--[if mso]><h2>Kept</h2><![endif]--><!--[if !mso]><!--><h2>Kept</h2><!--<![endif]-->"),
    ),
    "WORD007": Example(Case(body=BODY + CTA, html=("mso-padding-alt:12px 24px;", "")), Case(body=BODY + CTA)),
    "WORD008": Example(
        Case(html=("</body>", '<div lang="en-GB" dir="ltr" style="max-width:600px">Words</div></body>')),
        within('<div style="max-width:400px">Words</div>'),
    ),
    "TYPE001": Example(
        within('<p style="font-size:11px">Small</p>'), within('<p style="font-size:14px">Not small</p>')
    ),
    "TYPE002": Example(
        Case(html=(P, P.replace("16px", "16px;font-size:15px"))),
        Case(html=(P, P.replace("16px", "16px;font-size:16px"))),
    ),
    "TYPE003": Example(
        Case(html=(P, P.replace("16px", "16px;line-height:20px"))),
        Case(html=(P, P.replace("16px", "16px;line-height:1.6"))),
    ),
    "TYPE004": Example(
        Case(html=(P, P.replace("16px", "16px;text-align:justify"))),
        within('<p style="text-align:center">A line</p>'),
    ),
    "TYPE005": Example(
        Case(html=('text-decoration:underline">a review', 'text-decoration:none">a review')),
        Case(html=('text-decoration:underline">a review', 'text-decoration:underline dotted">a review')),
    ),
    "TYPE006": Example(
        within('<p style="color:#333">Words</p>'), within('<p style="color:#333333">Words #333</p>')
    ),
    "TYPE007": Example(
        within('<table role="presentation"><tr><td style="background-color:#ffffff">x</td></tr></table>'),
        within(
            '<table role="presentation"><tr><td bgcolor="#ffffff" style="background-color:#ffffff">x</td></tr></table>'
        ),
    ),
    "TYPE008": Example(
        within("<p style=\"font-family:'My Font'\">x</p>"),
        within("<p style=\"font-family:'My Font', serif\">x</p>"),
    ),
    "TYPE009": Example(within('<p style="color red">x</p>'), within('<p style="color: #111111;">x</p>')),
    "TYPE010": Example(
        Case(html=(HEAD_END, "<style>.t { float: right; }</style></head>")),
        Case(html=(HEAD_END, "<style>.t { padding: 0; } div { float: none; }</style></head>")),
    ),
    "COLOR001": Example(
        within('<p style="color:#bbbbbb">Faint</p>'), within('<p style="color:#555555">Clear</p>')
    ),
    "COLOR002": Example(
        within('<p class="x" style="color:#1d2429 !important">Faint in the dark</p>'),
        within('<p style="color:#1d2429;background-color:#ffffff">On white</p>'),
    ),
    "COLOR004": Example(
        Case(html=("background-color:#f2f1f0;color:#1d2429;", "background-color:#f2f1f0;")),
        within('<p style="color:#1d2429;background-color:#ffffff">On white</p>'),
    ),
    "COLOR003": Example(Case(html=("prefers-color-scheme: dark", "min-width: 9000px"))),
    "CLIENT001": Example(
        within('<div style="display:flex">Words</div>'), within('<div style="border-radius:3px">Words</div>')
    ),
    "CLIENT002": Example(
        within('<p style="text-transform:full-width;text-emphasis:dot">Words</p>'),
        within('<p style="text-align:left">Words</p>'),
    ),
}
