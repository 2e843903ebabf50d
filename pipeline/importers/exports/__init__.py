"""What other systems export of a publication: posts, and lists of links."""
