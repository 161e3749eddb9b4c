import pytest

from bot.domain.mail import is_public_mail_domain


@pytest.mark.parametrize("domain", ["gmx.de", "mail.gmx.net", "t-online.de", "gmail.com"])
def test_where_anybody_can_have_an_address_is_public(domain: str) -> None:
    assert is_public_mail_domain(domain)


@pytest.mark.parametrize("domain", ["notgmx.de", "gmx.de.example", "kfo-sommer.example", "de", ""])
def test_a_domain_of_ones_own_is_not_public(domain: str) -> None:
    assert not is_public_mail_domain(domain)
