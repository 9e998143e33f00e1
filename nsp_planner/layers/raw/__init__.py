"""Raw files to raw tables. In: paths and layers as people deliver them. Out: text, numbers and points, or faults."""
