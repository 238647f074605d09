"""The words of the demo: names, places, courses, comments and thanks."""

from __future__ import annotations

from typing import Any, NamedTuple


class Place(NamedTuple):
    """A unit: its path below Meridian, its share of the people (0: ``exactly`` so many), and who works there."""

    path: str
    weight: float
    site: str
    language: str
    job: str
    facing: bool
    exactly: int = 0


SOUTH, NORTH, EAST = "Retail > Branches South", "Retail > Branches North", "Retail > Branches East"
CARE, LOGISTICS, SERVICES = "Customer Care", "Logistics", "Services"

PLACES = [
    Place(f"{SOUTH} > Branch Naples", 6, "Naples", "it", "Sales assistant", True),
    Place(f"{SOUTH} > Branch Bari", 5, "Bari", "it", "Sales assistant", True),
    Place(f"{SOUTH} > Branch Palermo", 5, "Palermo", "it", "Sales assistant", True),
    Place(f"{SOUTH} > Branch Salerno", 4, "Salerno", "it", "Sales assistant", True),
    Place(f"{NORTH} > Branch Milan", 7, "Milan", "it", "Sales assistant", True),
    Place(f"{NORTH} > Branch Turin", 5, "Turin", "it", "Sales assistant", True),
    Place(f"{NORTH} > Branch Lyon", 5, "Lyon", "fr", "Sales assistant", True),
    Place(f"{EAST} > Branch Bucharest", 6, "Bucharest", "ro", "Sales assistant", True),
    Place(f"{EAST} > Branch Cluj", 4, "Cluj", "ro", "Sales assistant", True),
    Place(f"{CARE} > Call centre", 11, "Bucharest", "ro", "Service agent", True),
    Place(f"{CARE} > Online shop", 6, "Milan", "en", "Shop editor", True),
    Place(f"{LOGISTICS} > Central warehouse", 10, "Bologna", "it", "Warehouse worker", False),
    Place(f"{LOGISTICS} > Transport", 6, "Bologna", "it", "Driver", False),
    Place(f"{LOGISTICS} > Returns", 4, "Bologna", "en", "Returns clerk", False),
    Place(f"{SERVICES} > Finance", 4, "Milan", "en", "Accountant", False),
    Place(f"{SERVICES} > IT", 5, "Milan", "en", "Engineer", False),
    Place(f"{SERVICES} > People", 3, "Milan", "en", "HR partner", False),
    Place(f"{SERVICES} > Legal", 0, "Milan", "en", "Counsel", False, exactly=4),
]

# Who starts when: months after the first wave. The last cohort has not started yet.
COHORTS = [
    ("Branches South", 1, [SOUTH]),
    ("Customer Care", 6, [CARE]),
    ("Branches North and East", 11, [NORTH, EAST]),
    ("Logistics and Services", 20, [LOGISTICS, SERVICES]),
]

# Customer → its providers: who is asked about whom.
LINKS = [
    ("Retail", [LOGISTICS, f"{SERVICES} > IT", f"{SERVICES} > People", f"{CARE} > Online shop"]),
    (CARE, [LOGISTICS, f"{SERVICES} > IT", "Retail"]),
    (LOGISTICS, [f"{SERVICES} > IT", f"{SERVICES} > People", CARE]),
    (SERVICES, [LOGISTICS, "Retail"]),
]

# Where a unit stands before anything happens, as an index 0–100: want, know, can.
BASE = {
    SOUTH: (55, 49, 55),
    CARE: (54, 51, 53),
    NORTH: (56, 50, 52),
    EAST: (57, 47, 53),
    LOGISTICS: (47, 45, 41),
    SERVICES: (53, 51, 51),
}
TOP = (58, 56, 57)
# What the program does in the long run to a unit that has started, and how fast (months). Nobody gave permission yet.
LIFT = {"want": 19.0, "know": 27.0, "can": 2.5}
PACE = 5.0
# How good providers are on 1–5 before the program; everybody complains about Logistics.
PROVIDERS = {LOGISTICS: 2.35, "Retail": 3.5, CARE: 3.55}
PROVIDER = 3.65
# Requirements easier or harder than their dimension, in points of the scale.
REQUIREMENTS = {"C5": -0.45, "C3": -0.15, "C1": 0.15, "K6": -0.3, "K1": 0.25, "W9": 0.3, "W4": -0.3, "W7": -0.15}

CHARTER = """**We sell more than goods: we make people glad they came.**

- *Mission*: every customer, outside and inside, leaves with the matter solved and a reason to return.
- *Philosophy*: whom we serve well inside serves well outside.
- *Standards*: greet within ten seconds, own the problem, call back the same day."""

GIVEN = {
    "it": "Giulia Marco Chiara Luca Elena Paolo Francesca Andrea Sara Matteo Anna Davide Marta Simone Laura Pietro",
    "ro": "Ioana Andrei Maria Mihai Elena Alexandru Ana Cristian Raluca Bogdan Diana Vlad Simona Radu Irina Florin",
    "fr": "Camille Julien Sophie Antoine Claire Hugo Manon Nicolas Louise Thomas Chloé Étienne Léa Mathieu",
    "en": "Grace Tom Alice Wei Priya James Nora Li Emma Omar Hannah Ben Ivy Samuel Ruth Daniel Mei Oscar",
}
FAMILY = {
    "it": "Russo Esposito Bianchi Romano Greco Conti De_Luca Marino Rizzo Lombardi Moretti Fontana Ferri Gallo Villa",
    "ro": "Popescu Ionescu Radu Dumitru Stan Stoica Marin Munteanu Matei Ciobanu Rusu Lazăr Nistor Petrescu",
    "fr": "Martin Bernard Dubois Moreau Laurent Lefèvre Roux Fournier Girard Bonnet Lambert Mercier",
    "en": "Okafor Chen Smith Patel Novak Brown Wang Jones Haddad Clarke Murphy Silva Kowalski Young Zhang Evans",
}

COMMENTS = {
    LOGISTICS: [
        "We are measured on pallets per hour, so nobody has time to answer a branch that calls.",
        "The scanners fail every second day. We asked for new ones in spring.",
        "Siamo sempre noi la causa di tutto, ma gli ordini arrivano sbagliati già da noi.",
        "I cannot promise a delivery slot without asking two managers first.",
        "Ci vogliono tre firme per rispedire un pacco danneggiato.",
        "Nobody told us what this program is for. It has not reached the warehouse.",
    ],
    "": [
        "After the course I finally know whom to ask when something is not in my hands.",
        "I would like to solve small complaints at once, but anything over 20 euro needs my manager.",
        "Deliveries come late, and we are the ones who apologise to the customer.",
        "Mi piace lavorare qui: i clienti tornano e ci chiamano per nome.",
        "Le consegne dal magazzino sono il nostro problema più grande.",
        "Colegii mei ajută întotdeauna, dar sistemul de comenzi este foarte lent.",
        "Ar trebui să putem decide singuri la reclamații mici.",
        "Les livraisons arrivent en retard et personne ne prévient.",
        "The morning talk with the whole team is the best thing we started this year.",
        "More time for the customer and fewer forms, please.",
        "Our manager now asks what got in our way this week. That is new.",
        "We say yes to the customer and then logistics says no.",
    ],
}

COURSES: list[dict[str, Any]] = [
    {
        "name": "Why service, why now",
        "summary": "What customers remember, and what it means for each of us. 15 minutes.",
        "requirements": ["W1", "W3", "W6"],
        "lessons": [
            (
                "What people tell others",
                "After a visit people tell **something great**, something good, nothing, something bad or something "
                "awful.\n\nThink of the last shop you told a friend about. Was it the price?",
            ),
            (
                "Served inside, serving outside",
                "A colleague who is served well serves the customer well.\n\n"
                "- Who are your customers inside Meridian?\n- What do they wait for?",
            ),
        ],
        "quiz": [
            {
                "text": "Who is your customer?",
                "options": ["Only who pays", "Everybody who needs my work, inside and outside", "My manager"],
                "right": [1],
                "why": "Whoever depends on your work is your customer.",
            },
            {
                "text": "What makes people talk about us?",
                "options": ["Something personal", "A longer form"],
                "right": [0],
                "why": "Find something personal, do something memorable.",
            },
        ],
        "after": 7,
        "days": 30,
    },
    {
        "name": "Eight attitudes",
        "summary": "The eight attitudes customers notice, with examples from our branches. 25 minutes.",
        "requirements": ["K1", "K2", "W2"],
        "lessons": [
            ("Greeting", "Look up, smile, greet within **ten seconds**. A name is worth more than a discount."),
            ("Owning the problem", "“I will find out and call you by four.” Then call *before* four."),
            ("When the rule is in the way", "Say what you **can** do. Ask who may decide. Come back the same day."),
        ],
        "quiz": [
            {
                "text": "A customer asks for something another department does. You…",
                "options": ["give the number", "bring the customer there, or take it over", "say it is not your job"],
                "right": [1],
                "why": "Passing customers on without helping is a sign of bad service.",
            },
            {
                "text": "Which of these are attitudes to show?",
                "options": ["Availability", "Rulebook", "Reliability"],
                "right": [0, 2],
                "why": "The rulebook is one of the seven sins.",
            },
        ],
        "after": 45,
        "days": 45,
    },
    {
        "name": "A complaint made good",
        "summary": "Five steps from anger to a customer who stays. 20 minutes.",
        "requirements": ["K3", "K6"],
        "lessons": [
            ("Let it fall", "Seat, offer water, listen to the end. Do not explain yet."),
            ("Make it good", "Apologise sincerely, offer amends, say **by when**. Then do one thing more."),
        ],
        "quiz": [
            {
                "text": "What comes first?",
                "options": ["Explaining the rule", "Listening to the end", "A voucher"],
                "right": [1],
                "why": "Nobody hears an offer while angry.",
            }
        ],
        "after": 120,
        "days": 60,
    },
]

THANKS = {
    "A1": [
        "stayed twenty minutes after closing so that a mother could pick up the school shoes.",
        "called every customer on the waiting list before the sale started.",
    ],
    "A2": [
        "found a way to ship on a Saturday when everybody else said it cannot be done.",
        "said “let me try” when the till was down, and wrote the receipts by hand.",
    ],
    "A3": [
        "knew exactly which colleague in Returns could help, and stayed on the line.",
        "had the answer about the warranty ready before I finished asking.",
    ],
    "A4": [
        "greets every regular by name. People come in just for that.",
        "noticed that a customer could not hear well and wrote everything down.",
    ],
    "A5": [
        "dropped everything to help us with the inventory, without being asked.",
        "offered three alternatives when the size was sold out. The customer bought two.",
    ],
    "A6": [
        "remembered that the customer does not like phone calls, and wrote a note instead.",
        "sent a card to a customer whose parcel was lost twice.",
    ],
    "A7": [
        "kept calm and kind with a very angry man, and never made him feel small.",
        "explained the new system to me for the third time, as if it were the first.",
    ],
    "A8": [
        "checked the whole delivery twice, so that for once nothing was missing.",
        "promised the figures by noon. They were there at eleven.",
    ],
}

SEEN = {
    "seen": [
        "Stayed with the customer until it was solved.",
        "Greeted everybody in the queue, and by name where he knew it.",
        "Called back before the customer had to ask.",
        "Explained the delay before anybody complained.",
    ],
    "not_yet": [
        "Knew the answer, but sent the caller on.",
        "Under pressure the greeting was forgotten.",
        "We agreed to practise it together next week.",
    ],
    "not_applicable": ["No customer contact on the days I was there."],
}

# Unit, whom it is promised to (empty: its own plan), words, requirement, weeks ago, weeks given, outcome (empty: open).
ACTIONS = [
    ("Branch Naples", "", "Greet everybody in the queue within a minute, also when all tills are busy", "W2", 30, 12,
     "Kept up in spot checks; the new colleagues do it without being told."),
    ("Branch Naples", "", "Whoever takes a complaint keeps it until it is solved", "C1", 10, 16, ""),
    ("Branch Naples", "", "A quarter of an hour each Monday: one case, what we learned", "K6", 14, 12, ""),
    ("Branch Bari", "", "Tell the customer by when he hears from us, and write it down", "K3", 9, 14, ""),
    ("Branch Naples", "Central warehouse", "Orders for the next morning are in by four", "K5", 6, 18, ""),
]  # fmt: skip
# Waves ago (0: the open one asks), who promised whom what, requirement, weeks before the wave, weeks given, what the
# maker says came of it (empty: open), and how those it was made to judge: weights of kept, partly, not, cannot say.
PROMISES = [
    (1, "IT", "Branch Naples", "A till that fails on a Saturday works again within two hours", "C3", 16, 14,
     "A second technician is on call at weekends since July.", (5, 6, 9, 1)),
    (1, "Branch Naples", "Call centre", "We answer questions about stock the same day", "K5", 12, 11,
     "Two colleagues take turns at the telephone.", (15, 4, 2, 1)),
    (0, "Returns", "Branch Naples", "Returned goods are credited within five working days", "C3", 14, 12,
     "", (5, 4, 3, 1)),
]  # fmt: skip
PLACE, SEATS = "Training room 2, Via Toledo 12, Napoli", 12

# A survey whose comments wait to be looked at for names; the names are of people who work there.
MODERATED, MODERATED_SURVEY, MODERATED_WITH = "Customer Care", "Customer Care: are we ready?", "readiness"
NAMED_COMMENTS = [
    "Elena Dumitru in the call centre always finds a way. Give her more room to decide.",
    "Daniel knows the rules and hides behind them. Ask anybody.",
    "Mihai mi-a explicat tot sistemul în prima zi. Mulțumesc!",
    "Quando chiedo ad Andrei, la risposta arriva dopo tre giorni.",
    "I wait a week for an approval that used to take an hour.",
    "Nobody tells us when a delivery is late; customers hear it from us first.",
    "Simona and I solved a complaint together on the phone. It felt great.",
]
