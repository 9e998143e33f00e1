"""In which order do the sites open, for what money?"""
