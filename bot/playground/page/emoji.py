import unicodedata
from collections.abc import Mapping

# ruff: noqa: E501 - wide characters look longer to the linter than they are
# Names by which Slack knows an emoji and Unicode does not.
_NAMED: Mapping[str, str] = {
    "+1": "👍", "-1": "👎", "thumbsup": "👍", "thumbsdown": "👎", "wave": "👋", "pray": "🙏", "clap": "👏",
    "ok_hand": "👌", "muscle": "💪", "point_right": "👉", "point_left": "👈", "point_up": "☝️", "point_down": "👇",
    "raised_hands": "🙌", "smile": "😄", "grinning": "😀", "slightly_smiling_face": "🙂", "wink": "😉",
    "blush": "😊", "joy": "😂", "thinking_face": "🤔", "sweat_smile": "😅", "confused": "😕", "cry": "😢",
    "heart": "❤️", "tada": "🎉", "fire": "🔥", "rocket": "🚀", "star": "⭐", "sparkles": "✨", "bulb": "💡",
    "warning": "⚠️", "rotating_light": "🚨", "white_check_mark": "✅", "heavy_check_mark": "✔️", "x": "❌",
    "no_entry": "⛔", "question": "❓", "exclamation": "❗", "information_source": "ℹ️", "bell": "🔔",
    "no_bell": "🔕", "mega": "📣", "speech_balloon": "💬", "email": "📧", "envelope": "✉️", "phone": "☎️",
    "telephone_receiver": "📞", "calendar": "📆", "date": "📅", "clock1": "🕐", "hourglass": "⌛",
    "hourglass_flowing_sand": "⏳", "alarm_clock": "⏰", "stopwatch": "⏱️", "memo": "📝", "pencil2": "✏️",
    "paperclip": "📎", "link": "🔗", "lock": "🔒", "unlock": "🔓", "key": "🔑", "mag": "🔍", "wrench": "🔧",
    "hammer": "🔨", "gear": "⚙️", "package": "📦", "computer": "💻", "desktop_computer": "🖥️", "floppy_disk": "💾",
    "arrow_right": "➡️", "arrow_left": "⬅️", "arrow_up": "⬆️", "arrow_down": "⬇️", "arrows_counterclockwise": "🔄",
    "hospital": "🏥", "tooth": "🦷", "house": "🏠", "office": "🏢", "factory": "🏭", "busts_in_silhouette": "👥",
    "bust_in_silhouette": "👤", "robot_face": "🤖", "signpost": "🪧", "placard": "🪧", "compass": "🧭",
    "world_map": "🗺️", "red_circle": "🔴", "large_orange_circle": "🟠", "large_yellow_circle": "🟡",
    "large_green_circle": "🟢", "large_blue_circle": "🔵", "white_circle": "⚪", "black_circle": "⚫",
    "euro": "💶", "moneybag": "💰", "chart_with_upwards_trend": "📈", "bar_chart": "📊", "100": "💯",
    "one": "1️⃣", "two": "2️⃣", "three": "3️⃣", "grey_question": "❔", "zzz": "💤", "construction": "🚧",
}  # fmt: skip

QUICK = ("eyes", "white_check_mark", "+1", "pray", "tada")


def emoji(name: str) -> str:
    """The character behind an emoji's name; `:name:` when it has none that we know."""
    base = name.split("::", maxsplit=1)[0]
    if base in _NAMED:
        return _NAMED[base]
    try:
        return unicodedata.lookup(base.replace("_", " "))
    except KeyError:
        return f":{name}:"
