"""Retrainings: requests (`requests`), runs (`runs`), schedules (`schedules`)."""
