"""The words by which lines around an article are known, in the languages they were met in.

A phrase is a piece of a regular expression; the first that fits counts. They are kept apart from the rules
so that a word can be added without reading code. Case does not matter but where `(?-i:` says so.
"""

from __future__ import annotations

import re


def _any(*phrases: str) -> str:
    return f"(?:{'|'.join(phrases)})"


def _compiled(*phrases: str, end: str = "") -> re.Pattern[str]:
    return re.compile(_any(*phrases) + end, re.IGNORECASE)


# --- above the text ---------------------------------------------------------------------------

FIRST_CRUMB = _compiled(
    "home(?:page)?|start(?:seite)?|accueil|inicio|ראשי",
    "blog|articles?|news|resources|learn|library|magazine|journal|research|insights|topics|guides",
)

FURNITURE = _compiled(
    r"skip to (?:main )?content",
    r"(?:main )?menu",
    r"(?:open|close|toggle) (?:menu|navigation)",
    r"search",
    r"log ?in",
    r"sign ?in",
    r"[←‹«<]? ?(?:back|return) to (?:the )?(?:all )?"
    r"(?:blog|articles|home|news|resources|library|top|overview)",
    r"home",
    r"blog",
    r"all (?:articles|posts)",
    r"listen to (?:this )?article",
    r"(?:previous|next|older|newer) (?:article|post|story)s?",
    r"advertisement",
    r"loading(?:\.\.\.|…)?",
    r"zum inhalt springen",
    r"aller au contenu",
)

CONTENTS = _compiled(
    r"(?:table of )?contents",
    r"in this article",
    r"on this page",
    r"what[’']s in this article",
    r"inhalt(?:sverzeichnis)?",
    r"sommaire",
)

_DRAWN = (
    _any("photo(?:graph)?", "illustration", "diagram", "drawing", "image", "picture", "sketch", "rendering")
    + "s?"
)
_DRAWN_TOO = _any("painting", "chart", "close-?up", "silhouette", "watercolou?r", "infographic") + "s?"
_PEOPLE = _any(
    "m[ae]n",
    "wom[ae]n",
    "persons?",
    "people",
    "couple",
    "patients?",
    "therapists?",
    "doctors?",
    "nurses?",
    "hands?",
)
_DOING = _any(
    "sitting",
    "standing",
    "looking",
    "holding",
    "lying",
    "walking",
    "smiling",
    "talking",
    "resting",
    "wearing",
)
_DOES = _any("sits?", "stands?", "looks?", "holds?", "lies?", "walks?", "smiles?", "wears?")

PICTURE = _compiled(
    r"(?:image|photo|picture|illustration|alt(?: text)?|featured image|hero image)\s*:\s*",
    rf"(?:an? |the )?(?:\w+ )?(?:{_DRAWN}|{_DRAWN_TOO}) (?:of|showing|with|depicting)\b",
    rf"(?:an? |two |three |several |the )?(?:\w+ )?{_PEOPLE}\b.{{0,40}}\b(?:{_DOING}|{_DOES})\b",
)

BY = _compiled(
    "written by",
    "words by",
    "text by",
    "by",
    "authors?",
    "von",
    "par",
    "por",
    "di",
    "מאת",
    end=r":?\s+(?=\S)",
)
REVIEWED = _compiled(
    r"(?:medically |clinically |scientifically |expert[- ]|fact[- ])?(?:reviewed|checked|edited) by",
    end=r":?\s+(?=\S)",
)
PUBLISHED = _compiled(
    r"(?:first )?(?:published|posted)(?: on)?",
    r"(?:publication )?date",
    r"veröffentlicht(?: am)?",
    r"publié le",
    end=r"[:\s]\s*",
)
UPDATED = _compiled(
    r"(?:page )?(?:last )?(?:updated|modified|revised|reviewed)(?: on)?",
    r"last update",
    r"aktualisiert(?: am)?",
    r"mis à jour le",
    end=r"[:\s]\s*",
)

_MINUTES = r"\d{1,3}[ -]?min(?:ute)?s?\.?"
READING_TIME = _compiled(
    rf"(?:(?:estimated )?reading time:? ?)?(?:about )?{_MINUTES}(?: read(?:ing)?(?: time)?)?",
    r"lesezeit:? ?(?:ca\. )?\d{1,3} ?min(?:\.|uten)?",
    r"\d{1,3} min(?:utes)? de lecture",
)
CATEGORY_AND_TIME = re.compile(
    rf"([^\W\d_](?:[^\W\d_]|[ &/’'-]){{1,38}}[^\W\d_])(\s*[|·•–—-]\s*|\s*)({_MINUTES} read)"
)

# --- asking for something ---------------------------------------------------------------------

ASKS = _any(
    r"book|schedule|sign up|get started|get in touch|get help|learn more|read more|find out",
    r"find a|contact|call|reach out|join|register|download|try|apply|request|reserve",
    r"order|visit|explore|discover|subscribe|donate|support us|write to|email us|claim",
    *("click here", "enrol+", "talk (?:to|with)", "speak (?:to|with)", "see (?:if|whether|how)"),
    r"start (?:your|the|a|with|now|today)",
    r"begin (?:your|now|today)",
    r"check (?:if|whether|your)",
    r"take (?:the|our|a|this|your)(?: [\w-]+){0,3} "
    r"(?:quiz|assessment|test|survey|step|questionnaire|screening)",
    *("jetzt", "buchen sie", "vereinbaren sie", "mehr erfahren", "kontaktieren sie", "melden sie sich"),
    *("prenez", "réservez", "en savoir plus", "contactez", "inscrivez"),
)
CALL = re.compile(rf"(?:(?:please|then|today,?|to begin,?)\s+)?{ASKS}\b", re.IGNORECASE)
CALL_CLAUSE = re.compile(rf"(?:^|(?<=[,:–—-] )|(?<=[.!?…] )){ASKS}\b", re.IGNORECASE)
READY = _compiled(
    r"(?:are you )?(?:ready|interested|curious) (?:to|for|in|whether|about)",
    "want to (?:learn|know|talk)",
    end=r"\b",
)
BEFORE_ADDRESS = re.compile(
    r"\s*(?:[:–—>→-]+|(?:(?:here|now|online|today) )?"
    r"\b(?:at|on|via|under|here|by (?:e-?mail|mail|visiting)|through|bei|auf|unter|sur):?)?\s*[(<]?$",
    re.IGNORECASE,
)
OPEN_END = re.compile(
    r"\b(?:to|for|visit|with|from|the|our|us)$|^(?:please )?(?:contact|call|email|explore)$", re.IGNORECASE
)

# --- below the text ---------------------------------------------------------------------------

SIGN_UP = _compiled(
    r"(?:please |you can )?(?:subscribe|sign up|signup|register)\b.{0,60}"
    r"\b(?:newsletter|e-?mails?|mailing list|updates|inbox|digest|list)\b",
    r"subscribe(?: (?:now|here|today|via email|by email|for free|free))?\s*(?:[:!→].*|$)",
    r"(?:join|get|receive)\b.{0,60}\b(?:newsletter|mailing list|(?:to|in) your (?:inbox|e-?mail))\b",
    r"join [\d,.]+k?\+? (?:readers|subscribers|others)\b",
    r"(?:enter )?(?:your )?e-?mail address\b",
    r"enter your e-?mail\b",
    r"(?:we will |we[’']ll |we )?(?:no|never) spam\b",
    r"unsubscribe (?:at )?any ?time",
    r"(?:our|the) (?:free )?(?:weekly |monthly |daily )?newsletter\s*$",
    r"newsletter(?: sign-?up)?\s*$",
    r"stay (?:informed|in the loop|up to date|connected|in touch)\W*$",
    r"(?:zum )?newsletter (?:abonnieren|bestellen)",
    r"abonnieren sie\b.{0,40}newsletter",
    r"(?:abonnez|inscrivez)-vous\b.{0,40}(?:newsletter|lettre)",
)
SIGN_UP_FIELD = _compiled(
    "e-?mail", "name", "first name", "last name", "your name", "submit", "subscribe", "sign up", end=r"\W*"
)

_SUBJECT = r"(?:medical|legal|health|financial|editorial|general|content|important)"
DISCLAIMER_LABEL = _compiled(
    rf"(?:{_SUBJECT} ){{0,2}}disclaimer",
    rf"(?:{_SUBJECT} ){{1,2}}notice",
    r"haftungsausschluss",
    r"(?:rechtlicher |medizinischer )?hinweis",
    r"avertissement",
    r"clause de non-responsabilité",
    "הבהרה",
    "כתב ויתור",
    end=r"(?:\s*[:.–—]\s*|\s+-\s+|\s*$)",
)
DISCLAIMS = _compiled(
    r"\b(?:informational|educational|information|education)(?: and \w+)? purposes\b",
    r"\bnot (?:intended (?:as|to be)|meant (?:as|to be)|constitute|be (?:taken|construed) as|provide|medical"
    r"|legal|financial|investment|a substitute)\b.{0,60}"
    r"\b(?:advice|substitute|diagnosis|care|recommendation)",
    r"\bno (?:medical|legal|financial) advice\b",
    r"\bnothing (?:here|(?:in|on) this [\w-]+) is (?:meant as )?(?:medical|legal|financial) advice\b",
    r"\bfor (?:general )?information (?:and education )?only\b",
    r"\b(?:keine|nicht) .{0,40}\b(?:beratung|ersatz)\b",
    r"\b(?:keine|ersetzt keine) .{0,30}\bberatung\b",
    r"\bne (?:constitue|remplace) pas\b",
)
OF_THE_TEXT = _compiled(
    r"(?:this|the) (?:article|content|information|material|page|text|newsletter|piece|post|(?:web)?site)",
    r"(?:information|content|material)\b",
    r"(?:dieser|diese|der) (?:artikel|text|beitrag|inhalt|information)",
    r"cet article",
    r"nothing (?:in|here|on)\b",
    r"(?:please )?(?:always )?(?:consult|seek)\b",
)

REGIONS = _compiled(
    r"(?:now |currently |proudly )?(?:serving|available in|offered in)",
    r"(?:states|regions|areas|countries|cities|locations|places) (?:we )?(?:serve|served|covered|operate in)",
    r"(?:our )?(?:locations|service areas?|regions|offices|clinics)",
    r"where we (?:are|work|operate)",
    r"we serve",
    end=r"(?:\s*:\s*|\s+(?=(?-i:[A-Z]))|\s*$)",
)

ABOUT = _compiled(
    r"about us",
    r"about the (?:authors?|publisher|editors?|clinic|company|practice|organi[sz]ation)",
    r"about our [\w -]{2,40}",
    r"about this (?:newsletter|publication|site|blog)",
    r"who we are",
    r"über uns",
    r"über (?:den autor|die autorin)",
    r"à propos(?: de nous)?",
    end=r"\s*(?:$|:\s*)",
)
ABOUT_NAME = re.compile(r"[Aa]bout (?:[Tt]he )?[A-Z][\w&’' -]{2,50}")
ABOUT_AN_AUTHOR = _compiled("authors?", "editors?", "autor", end=r"\b")
WE = _compiled(
    r"\b(?:we|our|us)\b",
    r"\bis an? (?:[\w-]+ ){0,4}(?:clinic|company|newsletter|magazine|publisher|organi[sz]ation|practice"
    r"|provider|platform|network|charity|non-?profit|journal)\b",
)

RELATED = _compiled(
    r"related(?: (?:articles?|posts?|reading|stories|content|resources))?",
    r"you (?:might|may) also (?:like|enjoy)",
    r"read (?:next|also)",
    r"up next",
    r"keep reading",
    r"further reading",
    r"recommended(?: (?:for you|reading))?",
    r"more (?:articles|stories|posts|to read)",
    r"more (?:from|on) [\w ’'&-]{2,40}",
    r"latest (?:articles|posts)",
    r"das könnte sie auch interessieren",
    r"à lire aussi",
    end=r"\s*:?",
)

SHARE_LABEL = _compiled(
    r"share(?: (?:this|on|via|it|with).{0,30})?",
    r"follow us(?: on.{0,20})?",
    "teilen",
    "partager",
    end=r"\s*:?",
)
SHARE = re.compile(
    r"(?:share on )?"
    + _any(
        r"facebook|twitter|x|linkedin|instagram|youtube|tiktok|whatsapp|reddit|pinterest",
        r"threads|bluesky|mastodon|telegram|e-?mail|copy (?:the )?link|link copied!?|print",
        *("tweet", "share", "pin it", "rss"),
    ),
    re.IGNORECASE,
)

_POLICY = _any(
    r"privacy policy",
    r"terms (?:of (?:service|use)|(?:&|and) conditions)",
    r"cookie (?:policy|settings|preferences)",
    r"impressum",
    r"datenschutz(?:erklärung)?",
)
_PAGE = _any("imprint", "sitemap", "accessibility", "contact(?: us)?", "about(?: us)?", "careers")
LEGAL = _compiled(
    r"(?:©|\(c\) ?\d|copyright (?:©|\(c\)|\d)).{0,160}",
    r".{0,80}\ball rights reserved\b.{0,40}",
    rf"(?:(?:{_POLICY}|{_PAGE})\s*(?:[|·•,/–-]\s*|and |$)){{2,8}}",
    _POLICY,
    r"(?:this (?:web)?site|we) uses? cookies\b.{0,300}",
    r"(?:accept|reject) (?:all(?: cookies)?|cookies)",
    r"manage (?:cookies|preferences)",
)
COMMENTS = _compiled(
    r"leave a (?:comment|reply)",
    r"(?:post|add) a comment",
    r"\d{1,5} comments?",
    r"comments? \(\d{1,5}\)",
    r"was this (?:article |page )?helpful\?",
)
ORIGIN = _compiled(
    r"(?:this (?:article|post|piece) )?(?:was )?(?:originally |first )"
    r"(?:published|appeared|posted)(?: (?:at|on|in|here))?",
    r"canonical(?: url| address)?",
    r"(?:read|view) (?:this )?(?:in your browser|online)",
    end=r":?\s*",
)

# --- in the text -----------------------------------------------------------------------------

HEADING_BEGINS = _compiled(
    *("what", "how", "why", "when", "who", "where", "which", "is", "are", "can", "does", "do", "should"),
    r"understanding|conclusion|final|key|next|the role|was|wie|warum|wann|wer|fazit",
    *("comment", "pourquoi", "qui"),
    end=r"\b",
)
GREETING = _compiled(
    *("dear", "hi", "hello", "hey", "kind regards", "best wishes", "warmly", "sincerely", "yours", "thanks"),
    r"thank you|cheers|liebe[rs]?|hallo|viele grüße|herzliche grüße|bonjour|cordialement|p\.?s\.?",
    end=r"\b",
)
