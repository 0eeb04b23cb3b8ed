if [ ! -e "$state" ] && [ ! -L "$state" ]; then
  echo '@unlock free'
  exit 0
fi
check_state
with_mutex
if is_armed; then
  echo '@unlock armed'
  report_holder "$state/lock"
  exit 0
fi
if [ ! -e "$state/lock" ]; then
  echo '@unlock free'
  exit 0
fi
owner=$(field "$state/lock/holder" run)
if [ -n "$run" ] && [ "$owner" != "$run" ]; then
  echo '@unlock held'
  report_holder "$state/lock"
  exit 0
fi
report_holder "$state/lock"
drop_lock || refuse "cannot remove $state/lock"
echo '@unlock done'
