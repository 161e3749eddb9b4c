"""Given names that are common among patients, staff and their children where OnyxCeph is used."""

import unicodedata

_NAMES = """
aaron adam adrian ahmed aisha alan albert alejandro alena alessandro alex alexander alexandra alfred ali
alice alicia alina alma amelia amelie amina amir amy ana anastasia andre andrea andreas andrew andrzej
angela angelika angelina anika anita anja anke ann anna anne anneliese annemarie annette annika anthony
anton antonia antonio armin arne arthur artur astrid axel aylin ayse barbara bastian beate beatrice ben
benedikt benjamin bernd bernhard bert bettina bianca bilal birgit birgitta björn brian brigitte bruno
burak can carina carl carla carlos carmen carolin carolina caroline caspar catherine celina celine cem
charles charlie charlotte chiara chloe christa christian christiane christina christine christof
christoph christopher clara clarissa claudia claus clemens connor conrad constantin cornelia dagmar daisy
dana daniel daniela danielle dario david dean deborah denis denise deniz dennis derya diana diego dieter
dietmar dilara dirk dmitri dominic dominik donald doris dorothea dylan eberhard eduard edward elena eleni
elias elif elina elisa elisabeth elizabeth ella ellen ellie elsa elvira emil emilia emily emine emir emma
emre enrico eric erik erika erwin esra esther ethan eugen eva evelyn fabian fabienne fabio fatima fatma
felicitas felix ferdinand finja finley finn fiona florian frank franz franziska freya frieda friedrich
fritz gabriel gabriele gabriella georg george gerd gerda gerhard gertrud gianluca giovanni gisela giulia
giuseppe grace greta grzegorz gustav günter günther hakan halil hamza hanna hannah hannelore hannes hans
harald harry hasan hassan heidi heike heiko heinrich heinz helen helena helga helmut hendrik henri
henriette henrik henry herbert hermann hilde holger horst hubert hussein hüseyin ian ibrahim ida ilka
ilona ilse imke ina ines inga inge ingeborg ingo ingrid irene irina iris irma isabel isabell isabella
isabelle isla ivan ivana jack jacob jacqueline jakob jakub james jamie jan jana jane janina janine jannik
jannis jasmin jason jasper jean jeanette jennifer jens jeremy jerome jessica jessie jill jimmy joachim
joanna jochen joe joel johann johanna johannes john jonah jonas jonathan joris josef josefine joseph
josephine joshua juan judith julia julian juliana juliane julie julius justin jutta jörg jürgen kai karen
karim karin karina karl karla karolin karolina katarina katarzyna kate katharina katherine kathleen
kathrin kati katja katrin kay keith kelly kemal ken kenneth kerstin kevin kilian kim kirsten klara klaus
konrad konstantin korinna kurt kyle lara larissa lars laura lauren laurin lea leah leander lena leni
lennard lennart lenny leo leon leonard leonardo leonhard leonie leonora leopold leyla lia liam liane lias
lidia lieselotte lila lilian lilli lilly lily lina linda linus lisa lisbeth liv livia lorena lorenz
lothar lotta lotte louis louisa louise luca lucas lucia lucy ludwig luis luisa luka lukas luke lutz lydia
maciej madeleine magdalena maik maike maja malea malik malte manfred manuel manuela mara marc marcel
marco marcus mareike margaret margarete margit margot margrit maria mariam mariana marianne marie marija
marina mario marion marit marius markus marlene marlies marlon marta martha martin martina marvin mary
mateo mathias mathilda mathilde mats matteo matthew matthias maurice max maximilian maya mehmet meike
melanie melek melina melissa meltem merle merve mia micha michael michaela michal michelle miguel mika
mike mila milan milena milo mina mira miriam mirjam mohamed mohammad mohammed mona monica monika moritz
muhammad murat mustafa nadia nadine nadja naomi natalia natalie natascha nathan nele nelly nico nicola
nicolas nicole niels niklas nikola nikolai nikolas nils nina noah noel noemi nora norbert norman nour
nuri olaf olga oliver olivia omar oscar oskar otto owen pamela paola pascal patricia patrick paul paula
paulina pauline pavel pedro peggy peter petra phil philip philipp philippa pia pierre piotr rachel rafael
rahel raimund rainer ralf ralph ramona raphael raphaela rasmus rebecca rebekka regina regine reiner
reinhard reinhold renate rene ricarda riccardo richard rita robert roberto robin roger roland rolf roman
romy ronald ronja rosa rosalie rosemarie roswitha ruben rudolf ruth ryan rüdiger sabine sabrina sadie
salma salome samantha sami samira samuel sandra sandro sara sarah sascha saskia scott sean sebastian
selin selina selma serkan severin sibel sibylle siegfried sigrid silas silke silvia simon simona simone
sina sofia sofie sonja sophia sophie stanislaw stefan stefanie steffen steffi stella stephan stephanie
stephen steve steven stuart sude susan susann susanna susanne suzanne sven svenja svetlana sybille sylvia
tabea tamara tanja tara tarek tatjana tessa thea theo theodor theresa therese thilo thomas thorben
thorsten tiago till tilo tim timo timothy tina tobias tom tomas tomasz toni tristan tyler udo ulf uli
ulrich ulrike ursula uta ute uwe valentin valentina valerie vanessa vera verena veronika victor victoria
viktor viktoria vincent vincenzo viola vivian vivien volker walter waltraud wanda wendy werner wiebke
wilfried wilhelm william wladimir wojciech wolfgang xaver yannick yannik yara yasin yasmin yusuf yvonne
zara zehra zeynep zoe zoey
"""


def _plain(name: str) -> str:
    """Fold a name so that ü and ue are the same, and é and e."""
    spelt = name.casefold().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")
    apart = unicodedata.normalize("NFD", spelt)
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


_GIVEN = frozenset(_plain(name) for name in _NAMES.split())


def is_given_name(word: str) -> bool:
    """Say whether a word is a given name; of a double one (Hans-Peter) the first part counts."""
    return _plain(word.partition("-")[0]) in _GIVEN
