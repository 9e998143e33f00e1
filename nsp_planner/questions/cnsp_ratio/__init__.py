"""Is 1 C-NSP per 4 L-NSPs a good ratio?"""
