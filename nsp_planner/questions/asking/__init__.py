"""What all questions use: the study that is asked about, the scenarios it meets, and the way to a folder."""
