"""What pages with a map share. In: packed numbers, HTML. Out: an offline page, the backdrop and the projection."""
