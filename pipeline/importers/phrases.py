"""The words by which lines around an article are known, in the languages they were met in.

A phrase is a piece of a regular expression; the first that fits counts. They are kept apart from the rules
so that a word can be added without reading code. Case does not matter.
"""

from __future__ import annotations

import re


def _any(*phrases: str) -> str:
    return f"(?:{'|'.join(phrases)})"


def _compiled(*phrases: str, end: str = "") -> re.Pattern[str]:
    return re.compile(_any(*phrases) + end, re.IGNORECASE)


# --- above the text ---------------------------------------------------------------------------

FIRST_CRUMB = _compiled(
    r"home(?:page)?|start(?:seite)?|accueil|inicio",
    r"blog|articles?|news|resources|learn|library|magazine|journal|research|insights|topics|guides",
)
NAVIGATION = _compiled(
    r"skip to (?:main )?content|zum inhalt springen|aller au contenu",
    r"(?:main )?menu|(?:open|close|toggle) (?:menu|navigation)|search|log ?in|sign ?in|home|blog",
    r"[←‹«<]? ?(?:back|return) to (?:the )?(?:all )?(?:blog|articles|home|news|resources|library|top)",
    r"all (?:articles|posts)|listen to (?:this )?article|(?:previous|next|older|newer) (?:article|post)s?",
    r"advertisement|loading(?:\.\.\.|…)?",
)
CONTENTS = _compiled(
    r"(?:table of )?contents|in this article|on this page|inhalt(?:sverzeichnis)?|sommaire|table des matières"
)
_DRAWN = r"(?:photo(?:graph)?|illustration|diagram|drawing|image|picture|painting|sketch)s?"
_PEOPLE = r"(?:m[ae]n|wom[ae]n|persons?|people|couple|patients?|therapists?|doctors?|nurses?|hands?)"
_DOING = r"(?:sitting|standing|looking|holding|lying|walking|smiling|talking|resting|wearing)"
PICTURE = _compiled(
    r"(?:image|photo|picture|illustration|alt(?: text)?|featured image|hero image)\s*:\s*",
    rf"(?:an? |the )?(?:\w+ )?{_DRAWN} (?:of|showing|with)\b",
    rf"(?:an? |two |three |several |the )?(?:\w+ )?{_PEOPLE}\b.{{0,40}}\b{_DOING}\b",
)

BY = _compiled(r"(?:written |words |text )?by|authors?(?=:)|von|par|por", end=r":?\s+(?=\S)")
REVIEWED = _compiled(
    r"(?:medically |clinically |scientifically |expert[- ]|fact[- ])?(?:reviewed|checked|edited) by",
    end=r":?\s+(?=\S)",
)
PUBLISHED = _compiled(
    r"(?:first )?(?:published|posted)(?: on)?|on|(?:publication )?date|veröffentlicht(?: am)?|publié le",
    end=r"[:\s]\s*",
)
UPDATED = _compiled(
    r"(?:page )?(?:last )?(?:updated|modified|revised|reviewed)(?: on)?|aktualisiert(?: am)?|mis à jour le",
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
GREETING = _compiled(
    r"dear|hi|hello|hey|kind regards|best wishes|warmly|sincerely|yours|thanks|thank you|cheers|p\.?s\.?",
    r"liebe[rs]?|hallo|(?:viele|herzliche) grüße|bonjour|cordialement",
    end=r"\b",
)

# --- asking for something ---------------------------------------------------------------------

ASKS = _any(
    r"book|schedule|sign up|get started|get in touch|get help|learn more|read more|find out|find an?",
    r"contact|call|reach out|join|register|download|try|apply|request|reserve|order|visit|explore|discover",
    r"subscribe|donate|support us|write to|email us|claim|click here|enrol+|(?:talk|speak) (?:to|with)",
    r"see (?:if|whether|how)|start (?:your|the|a|with|now|today)|begin (?:your|now|today)",
    r"check (?:if|whether|your)",
    r"take (?:the|our|a|this|your)(?: [\w-]+){0,3} (?:quiz|assessment|test|survey|step|screening)",
    r"jetzt|buchen sie|vereinbaren sie|mehr erfahren|kontaktieren sie|melden sie sich",
    r"prenez|réservez|en savoir plus|contactez|inscrivez",
)
CALL = re.compile(rf"(?:(?:please|then|today,?|to begin,?)\s+)?{ASKS}\b", re.IGNORECASE)
CALL_CLAUSE = re.compile(rf"(?:^|(?<=[,:–—-] )|(?<=[.!?…] )){ASKS}\b", re.IGNORECASE)
READY = _compiled(
    r"(?:are you )?(?:ready|interested|curious) (?:to|for|in|whether|about)|want to (?:learn|know|talk)",
    end=r"\b",
)
BEFORE_ADDRESS = re.compile(
    r"\s*(?:[:–—>→-]+|(?:(?:here|now|online|today) )?"
    r"\b(?:at|on|via|under|here|by (?:e-?mail|mail|visiting)|through|bei|auf|unter|sur):?)?\s*[(<]?$",
    re.IGNORECASE,
)

# --- below the text ---------------------------------------------------------------------------

SIGN_UP = _compiled(
    r"(?:please |you can )?(?:subscribe|sign up|signup|register)\b.{0,60}"
    r"\b(?:newsletter|letter|e-?mails?|mailing list|updates|inbox|digest|list)\b",
    r"subscribe(?: (?:now|here|today|via email|by email|for free|free))?\s*(?:[:!→].*|$)",
    r"(?:join|get|receive)\b.{0,60}\b(?:newsletter|mailing list|(?:to|in) your (?:inbox|e-?mail))\b",
    r"join [\d,.]+k?\+? (?:readers|subscribers|others)\b",
    r"(?:enter )?(?:your )?e-?mail address\W*$|enter your e-?mail\W*$",
    r"(?:we will |we[’']ll |we )?(?:no|never) spam\b|unsubscribe (?:at )?any ?time",
    r"(?:our|the) (?:free )?(?:weekly |monthly |daily )?newsletter\s*$|newsletter(?: sign-?up)?\s*$",
    r"stay (?:informed|in the loop|up to date|connected|in touch)\W*$",
    r"(?:zum )?newsletter (?:abonnieren|bestellen)|abonnieren sie\b.{0,40}newsletter",
    r"(?:abonnez|inscrivez)-vous\b.{0,40}(?:newsletter|lettre)",
)
SIGN_UP_FIELD = _compiled(
    r"e-?mail|(?:first |last |your )?name|submit|subscribe|sign up|your e-?mail(?: address)?", end=r"\W*"
)

_SUBJECT = r"(?:medical|legal|health|financial|editorial|general|content|important)"
DISCLAIMER_LABEL = _compiled(
    rf"(?:{_SUBJECT} ){{0,2}}disclaimer|(?:{_SUBJECT} ){{1,2}}notice",
    r"haftungsausschluss|(?:rechtlicher |medizinischer )?hinweis|avertissement|clause de non-responsabilité",
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
    r"\bne (?:constitue|remplace) pas\b",
)
OF_THE_TEXT = _compiled(
    r"(?:this|the) (?:article|content|information|material|page|text|newsletter|piece|post|blog|\w*site)",
    r"(?:information|content|material)\b|nothing (?:in|here|on)\b|(?:please )?(?:always )?(?:consult|seek)\b",
    r"(?:dieser|diese|der) (?:artikel|text|beitrag|inhalt|information)|cet article",
)

ABOUT = _compiled(
    r"about us|who we are|about our [\w -]{2,40}|about this (?:newsletter|publication|site|blog)",
    r"about the (?:authors?|publisher|editors?|clinic|company|practice|organi[sz]ation)",
    r"über uns|über (?:den autor|die autorin)|à propos(?: de nous)?",
    end=r"\s*(?:$|:\s*)",
)
ABOUT_NAME = re.compile(r"[Aa]bout (?:[Tt]he )?[A-Z][\w&’' -]{2,50}")
WE = _compiled(r"\b(?:we|our|us)\b")

RELATED = _compiled(
    r"related(?: (?:articles?|posts?|reading|stories|content|resources))?",
    r"you (?:might|may) also (?:like|enjoy)|read (?:next|also)|up next|keep reading|further reading",
    r"recommended(?: (?:for you|reading))?|more (?:articles|stories|posts|to read)|latest (?:articles|posts)",
    r"more from [\w ’'&-]{2,40}|see also|also (?:see|read)",
    r"das könnte sie auch interessieren|à lire aussi",
    end=r"\s*:?",
)
SHARE_LABEL = _compiled(
    r"share(?: (?:this|on|via|it|with).{0,30})?|follow us(?: on.{0,20})?|teilen|partager", end=r"\s*:?"
)
SHARE = _compiled(
    r"(?:share on )?(?:facebook|twitter|x|linkedin|instagram|youtube|tiktok|whatsapp|reddit|pinterest)",
    r"(?:share on )?(?:bluesky|mastodon|telegram|e-?mail)|copy (?:the )?link|link copied!?|print|tweet|share",
    r"pin it|rss|threads",
)

_POLICY = _any(
    r"privacy policy|terms (?:of (?:service|use)|(?:&|and) conditions)",
    r"cookie (?:policy|settings|preferences)|impressum|datenschutz(?:erklärung)?",
)
_PAGE = r"(?:imprint|sitemap|accessibility|contact(?: us)?|about(?: us)?|careers)"
LEGAL = _compiled(
    r"(?:©|\(c\) ?\d|copyright (?:©|\(c\)|\d)).{0,160}|.{0,80}\ball rights reserved\b.{0,40}",
    rf"(?:(?:{_POLICY}|{_PAGE})\s*(?:[|·•,/–-]\s*|and |$)){{2,8}}",
    _POLICY,
    r"(?:this (?:web)?site|we) uses? cookies\b.{0,300}|(?:accept|reject) (?:all(?: cookies)?|cookies)",
    r"manage (?:cookies|preferences)",
)
COMMENTS = _compiled(
    r"leave a (?:comment|reply)|(?:post|add) a comment|\d{1,5} comments?|comments? \(\d{1,5}\)",
    r"was this (?:article |page )?helpful\?",
)
# --- what mailings add --------------------------------------------------------------------------

VIEW = _compiled(
    r"(?:(?:having )?(?:trouble|problems) (?:reading|viewing) this.{0,40}?)?"
    r"(?:view|read|open|see)(?: (?:this|it|the|our))?(?: (?:e-?mail|newsletter|message|post|issue|version))?"
    r" (?:in (?:your |a |the )?(?:web )?browser|online|on the web|in (?:the )?app)",
    r"(?:view|see) (?:web|browser|online) version|web version|im browser (?:ansehen|anzeigen|öffnen)",
    r"voir (?:cet e-?mail |la version )?(?:dans (?:votre|le) navigateur|en ligne)",
)
"""The words of a link to the same piece on the web."""
UNSUBSCRIBE = _compiled(
    r"\bunsubscribe\b|\bopt[- ]out (?:here|of (?:these|our|all|future))\b",
    r"\babbestellen\b|\babmelden\b|\bse désabonner\b|\bdarse de baja\b",
    r"\b(?:update|manage|change|edit)(?: \w+){0,3} (?:preferences|subscription|settings)\b",
    r"\bno longer (?:want|wish)\b.{0,40}\b(?:receive|e-?mails?)\b",
)
WHY_SENT = _compiled(
    r"\byou(?:['’]re| are)? (?:receive|received|receiving|getting|got|subscribed)\b.{0,40}"
    r"\b(?:this|because|since|e-?mails?)\b",
    r"\bthis (?:e-?mail|message|newsletter) (?:was|is) (?:sent|addressed|intended)\b",
    r"\bwas this (?:e-?mail|newsletter) forwarded to you\b|\badd us to your address book\b",
    r"\b(?:our )?mailing address is\b",
)
MAIL_PROGRAM = _compiled(
    r"^(?:sent from my \w+.{0,40}|get outlook for \w+.{0,20}|von meinem .{0,20} gesendet)$"
)
FORWARD = _compiled(r"^forward (?:this )?to a (?:friend|colleague)\W*$")
POSTAL_ADDRESS = _compiled(
    r"\b\d{1,5}[a-z]? [^\d,]{2,40},.*\b\d{4,5}\b|\bp\.? ?o\.? box \d|\b[A-Z]{1,2}\d{1,2}[A-Z]? \d[A-Z]{2}\b",
    r",\s*\d{4,5} \w+$|, [A-Z]{2} \d{5}\b",
)
