"""Where the pages of a stack on one machine arrive: a mailbox and a chat for all of its people."""
