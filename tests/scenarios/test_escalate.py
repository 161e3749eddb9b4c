"""From a question to an escalation: by the button, the command, the shortcut, and a mention."""

from bot.playground import LocalSlack

BOT, SUPPORT = "@Signpost", "#support"
HAPPENED, REACH = "What happened?", "How can you be reached?"


async def test_from_a_question_to_an_escalation_once_for_a_question(slack: LocalSlack) -> None:
    anna = slack.person("anna")
    question = await anna.says("The client does not find the server any more", in_=SUPPORT)
    answer = await anna.sees_answer(question)
    await anna.clicks("Escalate", on=answer)
    form = await anna.sees_modal("Escalate")
    assert "Server-client connection" in str(form.view.values)
    assert "The client does not find the server any more" in str(form.view.values)
    assert "Level" not in form.text
    wanted = {HAPPENED: "Both PCs lost it", "Does this apply?": ["Image Instruments shall take it directly"]}
    refused = await anna.fills({**wanted, "Exact error text": "Connection refused"})
    assert refused is not None
    assert "Nord Dental Systeme is the first contact for this: " in refused["Does this apply?"]
    assert await anna.fills({"Does this apply?": []}) is None
    done = await anna.sees_modal("Escalated")
    for part in ("ESC-", "Nord Dental Systeme has it.", "It is on its way."):
        assert part in done.text
    assert "app_redirect?channel=D" in str(done.view.body)
    receipt = await anna.sees("-0001  →  Nord Dental Systeme", in_=BOT)
    assert "Kieferorthopädie am Markt" in receipt.text
    assert "-0001" not in " ".join(one.text for one in anna.all_she_sees(SUPPORT))
    card = await slack.person("tom").sees("-0001", in_=BOT)
    assert "Die Nachricht dazu öffnen" in card.text
    assert "/archives/" in str(card.message.blocks)
    await anna.clicks("Escalate", on=answer)
    again = await anna.sees_modal("Escalated")
    assert "This is open already" in again.text
    assert "-0001" in again.text


async def test_a_command_a_shortcut_and_a_form_that_is_sent_twice(slack: LocalSlack) -> None:
    tom, priya, anna = slack.person("tom"), slack.person("priya"), slack.person("anna")
    await tom.runs("/escalate hilfe", in_=SUPPORT)
    await tom.sees("/escalate", in_=SUPPORT)
    await tom.runs("/escalate Datenbank wiederherstellen geht nicht", in_=SUPPORT)
    form = await tom.sees_modal("Eskalieren")
    assert "stellvertretend" in form.text
    complaints = await tom.fills(
        {"Praxis": "Kieferorthopädie am Markt", "Wie ist die Praxis erreichbar?": " "}
    )
    assert complaints == {"Wie ist die Praxis erreichbar?": "Bitte füllen Sie das aus."}
    view = (await tom.sees_modal()).view
    assert await tom.fills({"Wie ist die Praxis erreichbar?": "0371 1"}) is None
    await tom.sees_modal("Eskaliert")
    receipt = await tom.sees("-0001", in_=BOT)
    assert "Image Instruments" in receipt.text
    assert "Kieferorthopädie am Markt" in receipt.text
    await slack.interactions.submit(view)
    said = await anna.says("@Signpost escalate", in_=SUPPORT)
    offer = await anna.sees_answer(said)
    await anna.clicks("Escalate", on=offer)
    await anna.sees_modal("Escalate")
    message = await priya.says("We need training for a new colleague", in_=SUPPORT)
    await priya.uses("Escalate this message", on=message)
    shown = await priya.sees_modal("Escalate")
    assert "We need training for a new colleague" in str(shown.view.values)
    await slack.settled()
    assert "-0002" not in " ".join(one.text for one in tom.all_she_sees())
