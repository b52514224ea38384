"""What a person gets of an incident: one content, in Slack's blocks, as an e-mail and as text for a terminal."""
