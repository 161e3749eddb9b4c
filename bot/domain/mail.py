"""Which e-mail domains tell nothing of where somebody works."""

_PROVIDERS = (
    "gmail.com googlemail.com outlook.com outlook.de hotmail.com hotmail.de hotmail.co.uk live.com "
    "live.de msn.com yahoo.com yahoo.de yahoo.co.uk ymail.com aol.com aol.de icloud.com me.com mac.com "
    "proton.me protonmail.com protonmail.ch pm.me zoho.com gmx.de gmx.net gmx.at gmx.ch gmx.com gmx.info "
    "web.de email.de t-online.de magenta.de freenet.de arcor.de vodafone.de vodafonemail.de kabelmail.de "
    "unitybox.de 1und1.de online.de o2online.de o2mail.de telekom.de posteo.de posteo.net mailbox.org "
    "tutanota.com tutanota.de tuta.io tuta.com mail.de mail.com ewe.net ewetel.net netcologne.de "
    "osnanet.de versanet.de alice-dsl.net alice.de bluewin.ch hispeed.ch sunrise.ch swissonline.ch aon.at "
    "a1.net chello.at drei.at utanet.at inode.at kabsi.at btinternet.com btopenworld.com sky.com "
    "talktalk.net virginmedia.com ntlworld.com blueyonder.co.uk tiscali.co.uk comcast.net verizon.net "
    "att.net sbcglobal.net bellsouth.net cox.net charter.net earthlink.net juno.com orange.fr wanadoo.fr "
    "free.fr laposte.net sfr.fr libero.it virgilio.it tin.it alice.it tiscali.it ziggo.nl kpnmail.nl "
    "planet.nl xs4all.nl hetnet.nl skynet.be telenet.be telia.com wp.pl o2.pl onet.pl interia.pl "
    "seznam.cz centrum.cz mail.ru yandex.ru yandex.com qq.com 163.com 126.com fastmail.com hey.com "
    "rocketmail.com"
)

PUBLIC_MAIL_DOMAINS = frozenset(_PROVIDERS.split())
"""Providers where anybody can have an address: such a domain never says who belongs to a practice."""


def is_public_mail_domain(domain: str) -> bool:
    """Say whether anybody can have an address at this domain (lower case), or at one under it."""
    labels = domain.split(".")
    return any(".".join(labels[start:]) in PUBLIC_MAIL_DOMAINS for start in range(len(labels)))
