"""Fake services on loopback, each as strict as its documentation.

One module per service, with a `FakeService`: it checks every key and type that it takes, shows the drafts that
it has, and makes faults on demand. `fake_service.py` is what they share.
"""
