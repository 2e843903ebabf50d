"""Services played on loopback, each as its documentation says and no more forgiving.

A module a service, with a `FakeService`: what it takes is checked to the key and the type, what it holds can be
looked at, and faults can be ordered. `fake_service.py` has what they share.
"""
