"""The commands, one module a group. Importing the package registers them all and checks that none is missing."""

from __future__ import annotations

from typing import Final

from ferrous_vm.keyspace.command import check_complete
from ferrous_vm.keyspace.commands import acl as acl
from ferrous_vm.keyspace.commands import bitfield as bitfield
from ferrous_vm.keyspace.commands import bitmaps as bitmaps
from ferrous_vm.keyspace.commands import client as client
from ferrous_vm.keyspace.commands import cluster as cluster
from ferrous_vm.keyspace.commands import command_information as command_information
from ferrous_vm.keyspace.commands import config as config
from ferrous_vm.keyspace.commands import connection as connection
from ferrous_vm.keyspace.commands import debug as debug
from ferrous_vm.keyspace.commands import dump as dump
from ferrous_vm.keyspace.commands import expiry as expiry
from ferrous_vm.keyspace.commands import geo as geo
from ferrous_vm.keyspace.commands import geo_search as geo_search
from ferrous_vm.keyspace.commands import hashes as hashes
from ferrous_vm.keyspace.commands import hyperloglog as hyperloglog
from ferrous_vm.keyspace.commands import keys as keys
from ferrous_vm.keyspace.commands import list_moves as list_moves
from ferrous_vm.keyspace.commands import lists as lists
from ferrous_vm.keyspace.commands import longest_common_subsequence as longest_common_subsequence
from ferrous_vm.keyspace.commands import migrate as migrate
from ferrous_vm.keyspace.commands import object as object
from ferrous_vm.keyspace.commands import pubsub as pubsub
from ferrous_vm.keyspace.commands import replication as replication
from ferrous_vm.keyspace.commands import scan as scan
from ferrous_vm.keyspace.commands import server as server
from ferrous_vm.keyspace.commands import set_algebra as set_algebra
from ferrous_vm.keyspace.commands import sets as sets
from ferrous_vm.keyspace.commands import sort as sort
from ferrous_vm.keyspace.commands import sorted_set_algebra as sorted_set_algebra
from ferrous_vm.keyspace.commands import sorted_set_pops as sorted_set_pops
from ferrous_vm.keyspace.commands import sorted_set_ranges as sorted_set_ranges
from ferrous_vm.keyspace.commands import sorted_sets as sorted_sets
from ferrous_vm.keyspace.commands import stream_claims as stream_claims
from ferrous_vm.keyspace.commands import stream_groups as stream_groups
from ferrous_vm.keyspace.commands import stream_information as stream_information
from ferrous_vm.keyspace.commands import stream_reading as stream_reading
from ferrous_vm.keyspace.commands import streams as streams
from ferrous_vm.keyspace.commands import strings as strings
from ferrous_vm.keyspace.commands import transactions as transactions
from ferrous_vm.keyspace.support import NOT_OFFERED

GROUPS: Final = (
    "bitmap", "cluster", "connection", "generic", "geo", "hash", "hyperloglog", "list", "pubsub", "server", "set",
    "sorted-set", "stream", "string", "transactions",
)  # fmt: skip
"""The groups whose commands live here; those of group "scripting" are registered by `ferrous_vm.scripting`."""

check_complete(GROUPS, NOT_OFFERED)
