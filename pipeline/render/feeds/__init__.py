"""The feeds: RSS 2.0 and Atom 1.0 by feedgen, JSON Feed 1.1, and OPML 2.0 that lists them."""
