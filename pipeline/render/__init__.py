"""An edition rendered: email, web pages and feeds."""
