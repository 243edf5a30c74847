"""Golden items: settings, copies of reviewed conversations, proposals of appeals, import and export, quotas."""
