"""The training scenarios: twelve subjects in Russian, four in English, one set of acts, one composer."""
