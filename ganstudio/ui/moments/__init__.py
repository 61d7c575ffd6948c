"""Looking back: which moment of the session all panels show, and how one gets there."""
