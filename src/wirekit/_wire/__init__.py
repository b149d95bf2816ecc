"""Bytes and text to values and back: grammar and decisions, no waiting.

The rules of this folder (the import contracts in pyproject.toml hold the first):

- No I/O, no clock, no randomness, no environment: what is needed of them comes in as an argument.
- Functions and small decoders that a conversation calls with what it has; nothing here calls back.
- Each module stands beside the rules of the RFC that it reads, with section numbers.
- Expressions are anchored and possessive where input is hostile: match first, then take apart.
- Limits are arguments or named constants with reason and source.
- The standard library's exception classes are raised themselves (docs/design/errors.md).
- tests/wire/test_<module>.py alone reaches every branch of the module, without a socket.
"""
