"""Files and folders that are there whole or not at all, whoever is killed and whatever the disk does."""

from nsp_planner.storage.faults import system_fault
from nsp_planner.storage.files import fresh_file, sha256_of, write_atomically
from nsp_planner.storage.folders import hidden_folder, one_at_a_time
from nsp_planner.storage.kept import Arrays, read_kept, write_kept
from nsp_planner.storage.leftovers import ready_folder
from nsp_planner.storage.owner import UNFINISHED
from nsp_planner.storage.publish import NameTakenError, publish

__all__ = [
    "UNFINISHED",
    "Arrays",
    "NameTakenError",
    "fresh_file",
    "hidden_folder",
    "one_at_a_time",
    "publish",
    "read_kept",
    "ready_folder",
    "sha256_of",
    "system_fault",
    "write_atomically",
    "write_kept",
]
