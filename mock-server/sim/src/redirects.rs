//! Where browsers go after a journey: the addresses of a merchant, as its portal has them, and what
//! becomes of them when a world goes on behind other listeners.

use crate::{
    outcome::{Happening, Reply},
    world::{Course, World},
};

impl World {
    pub(crate) fn set_redirects(
        &mut self,
        id: i32,
        success: &str,
        fail: &str,
        course: &mut Course<'_>,
    ) -> Reply {
        let merchants = &mut self.settings.merchants;
        let Some(merchant) = merchants.iter_mut().find(|merchant| merchant.id == id) else {
            return Reply::Unknown;
        };
        success.clone_into(&mut merchant.success);
        fail.clone_into(&mut merchant.fail);
        course.happenings.push(Happening::Control { verb: "set-redirects", user: None });
        Reply::RedirectsSet
    }

    /// Lets browsers land elsewhere that were to land on pages of this origin, as when a world goes
    /// on behind other listeners.
    pub fn move_landings(&mut self, from: &str, to: &str) {
        for merchant in &mut self.settings.merchants {
            for address in [&mut merchant.success, &mut merchant.fail] {
                if let Some(path) = address.strip_prefix(from)
                    && path.starts_with('/')
                {
                    *address = format!("{to}{path}");
                }
            }
        }
    }
}
