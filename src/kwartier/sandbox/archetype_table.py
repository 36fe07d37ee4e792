"""The twenty archetypes of large connections, as data (S4); docs/sandbox-archetypes.md has their pictures and sources."""

from typing import Final

from kwartier.sandbox.archetypes import Archetype
from kwartier.sandbox.closures import Closure

__all__ = ["ARCHETYPES"]

_SCHOOL_OUT: Final = "0:9 7:9 8:16 16:15 17:9"
_PLANT_IDLE: Final = "0:14 7:14 8:20 15:20 16:14"

ARCHETYPES: Final = (
    Archetype(
        "office", (40, 2000), power_factor=95, capacitive=6, dark=9, cool=55, heat=14, noise=(7, 6), shift=2,
        working="0:18 5.5:18 7:36 8.5:72 10:80 12:76 13:79 16:76 17.5:56 19:34 21:22 23:18",
        saturday="0:17 8:17 10:23 16:22 18:17",
        sunday="0:17 9:17 18:17",
    ),
    Archetype(
        "school", (40, 500), power_factor=94, capacitive=7, dark=26, heat=6, noise=(9, 7), shift=1,
        closure=Closure.SCHOOL, closed=_SCHOOL_OUT,
        working="0:8 6:8 7.25:26 8.25:72 10:82 10.5:70 11.75:88 12.75:62 14:72 15.5:60 16.25:28 18:19 21:17 22:8",
        weekdays={2: "0:8 6:8 7.25:26 8.25:72 10:80 11.75:74 12.25:34 14:15 17:10 20:8", 4: "0:8 6:8 7.25:26 8.25:72 10:80 11.75:86 13:60 14.75:54 15.5:24 17:12 20:8"},
        saturday="0:8 9:8 10:12 13:10 14:8",
        sunday="0:8 9:8 18:8",
    ),
    Archetype(
        "supermarket", (60, 600), power_factor=93, capacitive=5, cool=38, noise=(4, 7), machines=10, shift=2,
        working="0:33 5:33 6.5:46 8:72 9:76 12:78 17:80 19:78 20.25:48 21.5:35",
        saturday="0:33 5:33 6.5:48 8:76 11:84 17:84 19:78 20.25:48 21.5:35",
        sunday="0:33 7:33 12:36 18:34 22:33",
    ),
    Archetype(
        "dairy farm", (30, 160), power_factor=86, capacitive=2, cool=30, dark=5, noise=(7, 12), machines=6, shift=4,
        working="0:13 4.75:13 5.25:66 6.5:82 7.75:74 8.5:42 9.5:24 11:18 16:19 16.5:68 17.75:82 19:72 19.75:40 21:22 22:14",
        saturday="0:13 4.75:13 5.25:66 6.5:82 7.75:74 8.5:42 9.5:20 11:16 16:17 16.5:68 17.75:82 19:72 19.75:40 21:20 22:14",
        sunday="0:13 4.75:13 5.25:66 6.5:82 7.75:74 8.5:40 9.5:18 11:15 16:17 16.5:68 17.75:82 19:72 19.75:40 21:20 22:14",
    ),
    Archetype(
        "factory in two shifts", (150, 6000), power_factor=90, capacitive=5, cool=10, dark=3, noise=(6, 9), shift=1,
        closure=Closure.BUILDERS, closed=_PLANT_IDLE,
        working="0:17 5:17 5.5:38 6.25:80 9:84 9.5:68 10:84 13.75:82 14:72 14.25:82 18:80 18.5:66 19:80 21.5:70 22.25:26 23:18",
        weekdays={4: "0:17 5:17 5.5:38 6.25:80 9:82 9.5:68 10:82 13.75:80 14:64 14.25:72 18:66 20:54 21:28 22:17"},
        saturday="0:16 6:16 7:26 12:26 13:16",
        sunday="0:15 12:15",
    ),
    Archetype(
        "factory in three shifts", (500, 20000), power_factor=92, capacitive=4, cool=6, noise=(4, 5), shift=1,
        closure=Closure.BUILDERS, closed="0:30 7:30 9:36 16:36 17:30",
        working="0:86 5.75:86 6:78 6.25:88 13.75:89 14:80 14.25:88 21.75:87 22:78 22.25:86",
        weekdays={0: "0:84 6.25:88 13.75:89 14:80 14.25:88 21.75:87 22:78 22.25:86 23.75:86"},
        saturday="0:86 5.75:84 6.5:62 13.5:58 15:40 23.75:34",
        sunday="0:33 12:33 19:34 21:58 22.25:82 23.75:84",
    ),
    Archetype(
        "water works", (60, 3000), power_factor=91, capacitive=3, summer=9, noise=(4, 6), machines=5,
        working="0:84 1:88 5:88 5.75:64 7:78 8:80 9.5:60 12:52 15:44 17:58 19:66 21:54 22:60 22.75:84",
        saturday="0:82 1:84 5:84 7:60 9:76 11:78 13:66 16:58 19:62 21:56 23:80",
        sunday="0:82 1:84 5:84 7:58 9.5:78 12:78 14:64 17:60 19:64 21:56 23:80",
    ),
    Archetype(
        "street lighting", (30, 400), power_factor=90, capacitive=4, lamps=True, noise=(1, 1), shift=0,
        working="0:68 5:68 5.25:94 23:94 23.25:68",
        saturday="0:76 1:76 5:76 5.25:94 23:94 23.25:76",
        sunday="0:76 5:76 5.25:94 23:94 23.25:68",
    ),
    Archetype(
        "hospital", (400, 5000), power_factor=95, capacitive=4, cool=24, heat=5, dark=3, noise=(3, 3), shift=2,
        working="0:50 5:50 6.5:60 8:74 9:80 11.5:84 14:80 16.5:76 18:75 20:68 22:55",
        saturday="0:50 5.5:50 7:60 9:68 11.5:76 14:70 17.5:74 20:66 22:54",
        sunday="0:50 5.5:50 7:58 9:66 11.5:76 14:70 17.5:74 20:66 22:54",
    ),
    Archetype(
        "care home", (50, 400), power_factor=95, capacitive=6, cool=10, heat=8, dark=9, noise=(5, 8), shift=2,
        working="0:26 5:26 6.5:52 7.5:72 9:56 10.5:66 11.5:88 12.5:72 13.5:50 16:46 17:74 18.25:68 19.5:56 21:42 22.5:28",
        saturday="0:26 5:26 6.75:50 8:72 9:54 10.5:64 11.5:86 12.5:70 13.5:48 16:46 17:74 18.25:68 19.5:56 21:42 22.5:28",
        sunday="0:26 5:26 7:48 8.25:72 9:54 10.5:66 11.75:90 12.75:72 14:50 16:46 17:72 18.25:66 19.5:54 21:42 22.5:28",
    ),
    Archetype(
        "cold store", (150, 3500), power_factor=88, capacitive=4, cool=44, summer=8, noise=(6, 8), machines=14, shift=2,
        working="0:72 5.5:72 6.25:50 7:38 9:46 12:48 15:44 17:32 20.5:28 21.75:34 22.25:70",
        saturday="0:72 6:70 9:62 14:60 20:60 23:66",
        sunday="0:66 8:64 14:62 20:62 23:68",
    ),
    Archetype(
        "greenhouse", (100, 10000), power_factor=96, capacitive=6, noise=(9, 3), shift=3,
        closure=Closure.LIGHT, closed="0:4 6:5 9:9 16:9 19:5",
        working="0:84 7:84 8.5:70 10:46 14:44 16:40 16.5:8 19.5:8 20:84",
        saturday="0:84 7:84 8.5:70 10:46 14:44 16:40 16.5:8 19.5:8 20:84",
        sunday="0:84 7:84 8.5:70 10:46 14:44 16:40 16.5:8 19.5:8 20:84",
    ),
    Archetype(
        "swimming pool", (100, 800), power_factor=92, capacitive=3, heat=10, noise=(4, 5), shift=2,
        closure=Closure.NEVER,
        working="0:38 5:38 6:62 7:76 9:74 12:78 14:72 16:82 18:90 21:90 22:66 23:40",
        saturday="0:38 6:38 7.5:68 9:86 13:90 17:86 18.25:60 19:40",
        sunday="0:38 6:38 7.5:68 9:88 12.5:88 13.5:56 15:40 20:38",
    ),
    Archetype(
        "data room", (50, 5000), power_factor=98, capacitive=6, cool=24, noise=(2, 2), machines=4, shift=0,
        working="0:71 1:76 4:76 5:69 9:71 14:72 18:71",
        saturday="0:71 1:76 5:77 7:69 14:70 22:74",
        sunday="0:78 6:78 8:70 14:70 18:69",
    ),
    Archetype(
        "hotel with restaurant", (50, 700), power_factor=93, capacitive=5, cool=26, heat=10, dark=6, noise=(10, 8),
        working="0:38 2:27 5:26 6.5:50 8:62 9.5:46 11:46 12.5:54 14.5:40 16.5:44 18:72 20:84 22:70 23:52",
        saturday="0:50 2:32 5:26 7:48 9:64 10.5:48 12.5:60 15:46 17:54 18.5:82 20.5:95 22.5:82 23.5:64",
        sunday="0:54 2:32 5:26 7:46 9:64 10.5:50 12.5:72 15:48 17:40 18.5:52 20.5:54 22:44 23:36",
    ),
    Archetype(
        "bakery", (40, 600), power_factor=93, capacitive=3, cool=10, noise=(7, 10), machines=6, shift=2,
        working="0:66 1:80 3:88 5:84 6.5:62 8:40 10:30 13:20 18:14 21:16 22.5:40",
        weekdays={0: "0:16 3:16 8:18 12:16 18:14 21:16 22.5:38 23.75:62"},
        saturday="0:72 1:86 3:94 5:92 7:74 9:48 12:30 16:18 20:16 22:36 23.5:66",
        sunday="0:72 1:84 3:90 5:86 7:64 9:38 12:22 15:14 21:13 23:14 24:16",
    ),
    Archetype(
        "sewage works", (60, 3000), power_factor=88, capacitive=4, wet=16, noise=(5, 5), machines=5, shift=2,
        working="0:62 2:52 4:43 6.5:39 8:47 10:66 12:76 14:73 16:67 18:66 20:74 22:76 23:70",
        saturday="0:64 2:55 4:46 7:39 9:46 11:66 13:78 15:74 18:67 20:72 22:74 23:70",
        sunday="0:64 2:56 4:47 7:39 9:45 11:66 13:80 15:75 18:68 20:74 22:76 23:71",
    ),
    Archetype(
        "workshop in one shift", (30, 900), power_factor=87, capacitive=3, dark=6, heat=4, noise=(7, 9), shift=1,
        closure=Closure.BUILDERS, closed="0:12 8:12 16:12",
        working="0:14 5.25:14 6:64 6.5:80 9:84 9.25:52 9.5:82 11.75:80 12:44 12.5:78 14.25:66 14.75:28 15.5:15",
        weekdays={4: "0:14 5.25:14 6:64 6.5:80 9:82 9.25:52 9.5:80 11.75:76 12.25:46 13:24 14:15"},
        saturday="0:13 12:13",
        sunday="0:12 12:12",
    ),
    Archetype(
        "bus depot", (150, 2500), power_factor=97, capacitive=8, heat=14, noise=(8, 10), shift=2,
        working="0:82 2:72 3.5:44 4.75:14 6:8 9.5:22 11:30 13:26 14.5:10 17:8 18.5:24 19.5:48 21:74 22:84",
        saturday="0:76 2:58 3.5:30 5:10 7:6 11:20 13:22 15:9 18:12 20:36 22:54 23:56 24:50",
        sunday="0:50 2:32 4:12 6:6 12:16 14:14 16:7 19:22 21:58 22.5:76 24:82",
    ),
    Archetype(
        "sports and culture centre", (30, 350), power_factor=91, capacitive=5, dark=24, heat=7, noise=(12, 9),
        closure=Closure.SUMMER, closed="0:10 8:12 17:14 20:22 22:16 23:10",
        working="0:14 1:10 8:10 9:18 12:20 16:26 17.5:48 19:76 20.5:86 22:74 23:38",
        weekdays={2: "0:14 1:10 8:10 9:18 12:28 13.5:56 16.5:54 18:62 19:76 20.5:86 22:74 23:38"},
        saturday="0:30 1:12 8:12 9.5:46 12:54 14:62 17:60 19:54 21:58 23:44",
        sunday="0:28 1:12 8:12 9.5:52 11.5:56 13:48 15:64 17:58 18.5:30 20:16",
    ),
)  # fmt: skip
"""By the last two digits of the EAN, modulo twenty."""
