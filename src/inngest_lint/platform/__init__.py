"""The platform: what Inngest's server accepts, whichever SDK speaks to it."""
