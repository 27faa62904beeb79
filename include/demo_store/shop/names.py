"""Names of invented buyers by country, and a few that break careless CSV files, spreadsheets and fonts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

_FIRST: dict[str, tuple[str, ...]] = {
    "NL": (
        "Sanne",
        "Daan",
        "Lotte",
        "Bram",
        "Femke",
        "Jeroen",
        "Noor",
        "Thijs",
        "Maaike",
        "Sem",
        "Anouk",
        "Ruben",
    ),
    "DE": ("Jürgen", "Lena", "Björn", "Mia", "Käthe", "Lukas", "Sören", "Hannah", "Uwe", "Leonie", "Jonas"),
    "BE": ("Wout", "Élise", "Jelle", "Amélie", "Lander", "Margaux", "Arne", "Louise"),
    "FR": ("Chloé", "Loïc", "Anaïs", "Jérôme", "Inès", "François", "Zoé", "Mathéo", "Hélène"),
    "IT": ("Giulia", "Niccolò", "Chiara", "Lorenzo", "Sofia"),
    "ES": ("Lucía", "Íñigo", "María José", "Álvaro", "Carmen"),
    "GR": ("Ελένη", "Γιώργος", "Μαρία", "Νίκος", "Δέσποινα"),
    "GB": ("Mira", "Oliver", "Siân", "Harry", "Niamh", "George", "Priya", "Amelia", "Ewan"),
    "US": ("Ava", "Liam", "Sofía", "Noah", "Grace", "Mateo", "Harper", "Ethan", "Zoe"),
    "CA": ("Émile", "Olivia", "Noémie", "Jack", "Charlotte", "Félix"),
    "JP": ("さくら", "陽翔", "美咲", "蓮", "結衣"),
    "AE": ("ليلى", "عمر", "فاطمة", "يوسف", "Aisha"),
}
_LAST: dict[str, tuple[str, ...]] = {
    "NL": (
        "de Vries",
        "Jansen",
        "van den Berg",
        "Bakker",
        "Visser",
        "Smit",
        "Meijer",
        "de Groot",
        "Mulder",
        "Bos",
    ),
    "DE": ("Müller", "Schmidt", "Weiß", "Schäfer", "Koch", "Krüger", "Vogel", "Groß", "Lehmann"),
    "BE": ("Peeters", "Janssens", "Dubois", "Lambert", "Claes", "Maes", "Wouters"),
    "FR": ("Lefèvre", "Moreau", "d'Aubigné", "Girard", "Faure", "Lemaître", "Roussel"),
    "IT": ("Rossi", "Ferrari", "D'Angelo", "Esposito"),
    "ES": ("García", "Núñez", "Muñoz", "Ortega"),
    "GR": ("Παπαδόπουλος", "Νικολάου", "Γεωργίου", "Οικονόμου"),
    "GB": ("Holm", "O'Connor", "Taylor", "Evans", "MacLeod", "Patel", "Wright", "Hughes-Jones"),
    "US": ("Smith", "Johnson", "Garcia", "Nguyen", "Brown", "Miller", "Lee", "Davis"),
    "CA": ("Tremblay", "Martin", "Roy", "Campbell", "Côté"),
    "JP": ("佐藤", "鈴木", "高橋", "田中"),
    "AE": ("الهاشمي", "المنصوري", "Al-Farsi", "حداد"),
}
_AWKWARD: tuple[tuple[str, str], ...] = (
    ("=Anna", "Formule"),
    ("+Piet", "Plus"),
    ("@tessa", "Bakker"),
    ("-Max", "Minus"),
    ('Johanna "Jo"', "van Dijk"),
    ("Karel, Jr.", "de Wit; Zn."),
    ("Zoë 🌷", "Bloem"),
    ("Renée\u00a0Marie", "Ångström"),
    ("null", "None"),
    ("Ann", "O'Brien\\Doe"),
)
AWKWARD_SHARE = 0.02


def random_name(country_code: str, rng: Random) -> tuple[str, str]:
    """Return first and last name of a buyer from a country of :mod:`demo_store.shop.places`."""
    if rng.random() < AWKWARD_SHARE:
        return rng.choice(_AWKWARD)
    return rng.choice(_FIRST[country_code]), rng.choice(_LAST[country_code])
